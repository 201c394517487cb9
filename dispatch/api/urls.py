from django.urls import path

from dispatch.api import announcements, filters, preferences, quality, trials, views, wall
from dispatch.api import map as maps

urlpatterns = [
    path("map/orders/", maps.MapOrders.as_view(), name="map-orders"),
    path("map/load/", maps.MapLoad.as_view(), name="map-load"),
    path("map/heat/", maps.MapHeat.as_view(), name="map-heat"),
    path("map/people/", maps.MapPeople.as_view(), name="map-people"),
    path("map/find/", maps.MapFind.as_view(), name="map-find"),
    path("map/divisions/<str:code>/", maps.MapCard.as_view(), name="map-card"),
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/read/", views.NoticesRead.as_view(), name="notices-read"),
    path("notices/<int:pk>/read/", views.NoticeRead.as_view(), name="notice-read"),
    path("notice-preferences/", preferences.NoticePreferences.as_view(), name="notice-preferences"),
    path("message-templates/", preferences.MessageTemplates.as_view(), name="message-templates"),
    path("message-templates/<slug:kind>/", preferences.MessageTemplate.as_view(), name="message-template"),
    path("supervision-orders/", views.SupervisionOrders.as_view(), name="supervision-orders"),
    path(
        "supervision-orders/<str:number>/acknowledge/",
        views.SupervisionOrderAcknowledge.as_view(),
        name="supervision-order-acknowledge",
    ),
    path("saved-filters/", filters.Filters.as_view(), name="saved-filters"),
    path("saved-filters/arrange/", filters.FiltersArrange.as_view(), name="saved-filters-arrange"),
    path("saved-filters/<int:pk>/", filters.OneFilter.as_view(), name="saved-filter"),
    path("suggestions/quality/", quality.SuggestionQualityView.as_view(), name="suggestion-quality"),
    path("suggestions/corrections/", quality.CorrectionsView.as_view(), name="suggestion-corrections"),
    path("work-orders/<str:number>/advice/", quality.AdviceView.as_view(), name="work-order-advice"),
    path("trials/", trials.Trials.as_view(), name="trials"),
    path("trials/<int:pk>/", trials.OneTrial.as_view(), name="trial"),
    path("trials/<int:pk>/stop/", trials.TrialStop.as_view(), name="trial-stop"),
    path("wall/", wall.Wall.as_view(), name="wall"),
    path("announcements/", announcements.Announcements.as_view(), name="announcements"),
    path("announcements/<int:pk>/", announcements.OneAnnouncement.as_view(), name="announcement"),
    path("announcements/<int:pk>/publish/", announcements.AnnouncementPublish.as_view(), name="announcement-publish"),
    path(
        "announcements/<int:pk>/withdraw/", announcements.AnnouncementWithdraw.as_view(), name="announcement-withdraw"
    ),
    path("announcements/<int:pk>/confirm/", announcements.AnnouncementConfirm.as_view(), name="announcement-confirm"),
    path("announcements/<int:pk>/remind/", announcements.AnnouncementRemind.as_view(), name="announcement-remind"),
    path("announcements/<int:pk>/readers/", announcements.AnnouncementReaders.as_view(), name="announcement-receipts"),
]

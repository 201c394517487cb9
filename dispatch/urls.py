"""Mounted at ``/``."""

from django.urls import path

from dispatch.views import (
    announcements,
    district,
    duty,
    filters,
    messages,
    notices,
    preferences,
    quality,
    roster,
    supervision,
    trials,
    wall,
    whistles,
)
from dispatch.views import map as maps

app_name = "dispatch"
urlpatterns = [
    path("district/", district.DistrictView.as_view(), name="district"),
    path("district/hand-down/", district.HandDownView.as_view(), name="hand-down"),
    path("district/duty/", duty.MovedDutyView.as_view(), name="duty-moved"),
    path("duty/", duty.DutyView.as_view(), name="duty"),
    path("duty/handovers/", duty.HandoversView.as_view(), name="handovers"),
    path("duty/handovers/<int:pk>/", duty.HandoverView.as_view(), name="handover"),
    path("duty/hours/", roster.HoursView.as_view(), name="roster-hours"),
    path("duty/roster/", roster.RosterView.as_view(), name="roster"),
    path("duty/swap/<int:pk>/", duty.SwapView.as_view(), name="swap"),
    path("orders/filters/", filters.FiltersView.as_view(), name="filters"),
    path("map/", maps.MapView.as_view(), name="map"),
    path("map/divisions/<str:code>/", maps.MapCardView.as_view(), name="map-division"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", messages.OneMessage.as_view(), name="message"),
    path("notices/", notices.NoticesView.as_view(), name="notices"),
    path("notices/settings/", preferences.NoticeSettings.as_view(), name="notice-settings"),
    path("suggestions/", quality.SuggestionsView.as_view(), name="suggestions"),
    path("supervision/", supervision.SupervisionView.as_view(), name="supervision"),
    path("supervision/<str:number>/", supervision.DocumentView.as_view(), name="supervision-order"),
    path(
        "supervision/<str:number>/official.<str:form>", supervision.DocumentFileView.as_view(), name="supervision-file"
    ),
    path(
        "supervision/orders/<str:order>/<str:kind>/",
        supervision.DocumentNewView.as_view(),
        name="supervision-new",
    ),
    path("trials/", trials.TrialsView.as_view(), name="trials"),
    path("trials/new/", trials.TrialNewView.as_view(), name="trial-new"),
    path("trials/<int:pk>/", trials.TrialView.as_view(), name="trial"),
    path("wall/", wall.WallView.as_view(), name="wall"),
    path("whistles/", whistles.WhistlesView.as_view(), name="whistles"),
    path("whistles/new/", whistles.WhistleNewView.as_view(), name="whistle-new"),
    path("whistles/<int:pk>/", whistles.WhistleView.as_view(), name="whistle"),
    path("announcements/", announcements.AnnouncementsView.as_view(), name="announcements"),
    path("announcements/new/", announcements.AnnouncementEditView.as_view(), name="announcement-new"),
    path("announcements/<int:pk>/", announcements.AnnouncementView.as_view(), name="announcement"),
    path("announcements/<int:pk>/edit/", announcements.AnnouncementEditView.as_view(), name="announcement-edit"),
    path(
        "announcements/<int:pk>/readers/", announcements.AnnouncementReadersView.as_view(), name="announcement-readers"
    ),
]

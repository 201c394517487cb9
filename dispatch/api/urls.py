from django.urls import path

from dispatch.api import filters, map as maps
from dispatch.api import trials, views, wall

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
    path("supervision-orders/", views.SupervisionOrders.as_view(), name="supervision-orders"),
    path(
        "supervision-orders/<str:number>/acknowledge/",
        views.SupervisionOrderAcknowledge.as_view(),
        name="supervision-order-acknowledge",
    ),
    path("saved-filters/", filters.Filters.as_view(), name="saved-filters"),
    path("saved-filters/arrange/", filters.FiltersArrange.as_view(), name="saved-filters-arrange"),
    path("saved-filters/<int:pk>/", filters.OneFilter.as_view(), name="saved-filter"),
    path("trials/", trials.Trials.as_view(), name="trials"),
    path("trials/<int:pk>/", trials.OneTrial.as_view(), name="trial"),
    path("trials/<int:pk>/stop/", trials.TrialStop.as_view(), name="trial-stop"),
    path("wall/", wall.Wall.as_view(), name="wall"),
]

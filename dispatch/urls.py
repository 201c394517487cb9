"""Mounted at ``/``."""

from django.urls import path

from dispatch.views import district, notices, trials, wall
from dispatch.views import map as maps

app_name = "dispatch"
urlpatterns = [
    path("district/", district.DistrictView.as_view(), name="district"),
    path("district/duty/", district.DutyView.as_view(), name="duty"),
    path("map/", maps.MapView.as_view(), name="map"),
    path("map/divisions/<str:code>/", maps.MapCardView.as_view(), name="map-division"),
    path("notices/", notices.NoticesView.as_view(), name="notices"),
    path("trials/", trials.TrialsView.as_view(), name="trials"),
    path("trials/new/", trials.TrialNewView.as_view(), name="trial-new"),
    path("trials/<int:pk>/", trials.TrialView.as_view(), name="trial"),
    path("wall/", wall.WallView.as_view(), name="wall"),
]

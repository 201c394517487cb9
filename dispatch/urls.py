"""Mounted at ``/``."""

from django.urls import path

from dispatch.views import district, notices, trials

app_name = "dispatch"
urlpatterns = [
    path("district/", district.DistrictView.as_view(), name="district"),
    path("district/duty/", district.DutyView.as_view(), name="duty"),
    path("notices/", notices.NoticesView.as_view(), name="notices"),
    path("trials/", trials.TrialsView.as_view(), name="trials"),
    path("trials/new/", trials.TrialNewView.as_view(), name="trial-new"),
    path("trials/<int:pk>/", trials.TrialView.as_view(), name="trial"),
]

"""Mounted at ``/``."""

from django.urls import path

from dispatch.views import district, notices

app_name = "dispatch"
urlpatterns = [
    path("district/", district.DistrictView.as_view(), name="district"),
    path("district/duty/", district.DutyView.as_view(), name="duty"),
    path("notices/", notices.NoticesView.as_view(), name="notices"),
]

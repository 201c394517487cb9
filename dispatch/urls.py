"""Mounted at ``/district/``."""

from django.urls import path

from dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("", views.DistrictView.as_view(), name="district"),
    path("duty/", views.DutyView.as_view(), name="duty"),
]

"""Mounted at ``/``."""

from django.urls import path

from dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("district/", views.DistrictView.as_view(), name="district"),
    path("district/duty/", views.DutyView.as_view(), name="duty"),
    path("notices/", views.NoticesView.as_view(), name="notices"),
]

"""Mounted at ``/citizen-desk/``."""

from django.urls import path

from citizens.views import desk

app_name = "desk"
urlpatterns = [
    path("", desk.DeskView.as_view(), name="desk"),
]

"""Mounted at ``/citizen-desk/``."""

from django.urls import path

from citizens.views import desk
from citizens.views import privacy as privacy_views

app_name = "desk"
urlpatterns = [
    path("", desk.DeskView.as_view(), name="desk"),
    path("privacy/", privacy_views.NoticesView.as_view(), name="privacy-notices"),
]

"""Mounted at ``/citizen/``."""

from django.urls import path

from citizens.views import site

app_name = "citizens"
urlpatterns = [
    path("", site.HomeView.as_view(), name="home"),
    path("type/", site.TypeView.as_view(), name="type"),
]

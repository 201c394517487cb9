"""The map of ``/api/v1/``."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

APPS = ("accounts", "relay", "grids", "catalogue", "workorders", "dispatch")


urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.api.urls")) for app in APPS if Path(f"{app}/api/urls.py").exists()),
]

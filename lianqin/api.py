"""The map of ``/api/v1/``."""

from django.urls import URLPattern, URLResolver, include, path

APPS = ("accounts", "relay", "grids", "catalogue", "workorders", "dispatch")


urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.api.urls")) for app in APPS if (ROOT / app / "api/urls.py").exists()),
]

"""The map of ``/api/v1/``."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

APPS = ("accounts", "relay", "grids", "catalogue", "workorders", "dispatch")
ROOT = Path(__file__).resolve().parent.parent  # Not where the process was started.

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.api.urls")) for app in APPS if (ROOT / app / "api/urls.py").exists()),
]

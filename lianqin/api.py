"""The map of ``/api/v1/``."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

APPS = ("accounts", "relay", "grids", "catalogue", "workorders", "dispatch")


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    *(path("", include(f"{app}.api.urls")) for app in APPS if Path(f"{app}/api/urls.py").exists()),
]

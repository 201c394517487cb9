"""Mounted at ``/api/v1/setup/``. Names begin with ``setup-``."""

from django.urls import URLPattern, path

from configuration.api import grids

urlpatterns: list[URLPattern] = [
    path("grids/", grids.Grids.as_view(), name="setup-grids"),
    path("grids/norms/", grids.Norms.as_view(), name="setup-grid-norms"),
    path("divisions/<str:level>/", grids.NewDivision.as_view(), name="setup-division-new"),
    path("divisions/<str:level>/<str:code>/", grids.OneDivision.as_view(), name="setup-division"),
]

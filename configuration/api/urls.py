"""Mounted at ``/api/v1/setup/``. Names begin with ``setup-``."""

from django.urls import URLPattern, path

from configuration.api import elements, grids

urlpatterns: list[URLPattern] = [
    path("grids/", grids.Grids.as_view(), name="setup-grids"),
    path("grids/norms/", grids.Norms.as_view(), name="setup-grid-norms"),
    path("divisions/<str:level>/", grids.NewDivision.as_view(), name="setup-division-new"),
    path("divisions/<str:level>/<str:code>/", grids.OneDivision.as_view(), name="setup-division"),
    path("element-types/", elements.SetupElementTypes.as_view(), name="setup-element-types"),
    path("element-types/<str:code>/", elements.SetupElementType.as_view(), name="setup-element-type"),
    path("elements/", elements.SetupElements.as_view(), name="setup-elements"),
    path("elements/<str:code>/", elements.SetupElement.as_view(), name="setup-element"),
    path("elements/<str:code>/retire/", elements.RetireElement.as_view(), name="setup-element-retire"),
    path("elements/<str:code>/restore/", elements.RestoreElement.as_view(), name="setup-element-restore"),
    path("cameras/", elements.SetupCameras.as_view(), name="setup-cameras"),
    path("cameras/<str:code>/", elements.SetupCamera.as_view(), name="setup-camera"),
    path("cameras/<str:code>/findings/", elements.Findings.as_view(), name="setup-camera-findings"),
    path("video-gateways/", elements.SetupGateways.as_view(), name="setup-video-gateways"),
]

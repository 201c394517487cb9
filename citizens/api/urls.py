"""Mounted at ``/api/v1/citizen/``."""

from django.urls import URLPattern, path

from citizens.api import reading, reporting

urlpatterns: list[URLPattern] = [
    path("ground/", reporting.PublicGround.as_view(), name="citizen-ground"),
    path("reading/suggest/", reading.ReadingSuggest.as_view(), name="citizen-reading-suggest"),
]

"""Mounted at ``/configuration/``. The name of a section is the name of its first page."""

from django.urls import URLPattern, path

from configuration.pages.approvals import Approvals
from configuration.pages.changes import Changes
from configuration.pages.overview import Home, Overview

app_name = "configuration"
urlpatterns: list[URLPattern] = [
    path("", Home.as_view(), name="start"),
    path("overview/", Overview.as_view(), name="overview"),
    path("approvals/", Approvals.as_view(), name="approvals"),
    path("changes/", Changes.as_view(), name="changes"),
]

"""Mounted at ``/open311/v2/``: each resource with ``.json``, with ``.xml`` or without."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from citizens.api import open311

FORM = r"(?:\.(?P<form>[A-Za-z0-9]+))?/?$"
app_name = "open311"
urlpatterns: list[URLPattern] = [
    re_path(rf"^discovery{FORM}", open311.Discovery.as_view(), name="open311-discovery"),
    re_path(rf"^services{FORM}", open311.Services.as_view(), name="open311-services"),
    re_path(rf"^services/(?P<code>[\w-]{{1,40}}){FORM}", open311.Service.as_view(), name="open311-service"),
    re_path(rf"^requests{FORM}", open311.Requests.as_view(), name="open311-requests"),
    re_path(rf"^requests/(?P<number>[\w-]{{1,40}}){FORM}", open311.Request.as_view(), name="open311-request"),
    re_path(rf"^tokens/(?P<token>[\w:-]{{1,120}}){FORM}", open311.Token.as_view(), name="open311-token"),
    re_path(rf"^servicerequestupdates{FORM}", open311.Updates.as_view(), name="open311-updates"),
]

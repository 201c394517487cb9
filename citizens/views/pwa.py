"""What makes the public site an app on a phone: its manifest, its worker, the page without a network."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from citizens.pages.shell import ICONS, PAGES, STATICS
from citizens.views.base import PublicPage

A_DAY = "max-age=86400"


class ManifestView(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        start = reverse("citizens:home")
        body = {
            "name": _("身边的事，说一声"),
            "short_name": _("随手反映"),
            "description": _("拍张照、说一句话，办到哪一步随时能查。"),
            "lang": "zh-CN",
            "id": start,
            "start_url": start,
            "scope": start,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [{**icon, "src": static(icon["src"])} for icon in ICONS],
            "shortcuts": [{"name": _("我要反映"), "url": reverse("citizens:report")}],
        }
        response = JsonResponse(body, content_type="application/manifest+json")
        response["Cache-Control"] = A_DAY
        return response


class WorkerView(View):
    """The service worker; its version is what it keeps, so that a new release replaces all of it at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = [static(path) for path in STATICS]
        told: dict[str, Any] = {
            "statics": kept,
            "pages": [reverse(f"citizens:{name}") for name in PAGES],
            "offline": reverse("citizens:offline"),
            "report": reverse("citizens:report"),
            "queue": static("citizens/report/queue.js"),
            "proof": static("citizens/proof.js"),
        }
        version = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
        response = render(
            request,
            "citizens/sw.js",
            {"told": json.dumps({**told, "version": version})},
            content_type="text/javascript; charset=utf-8",
        )
        response["Cache-Control"] = "no-cache"
        response["Service-Worker-Allowed"] = reverse("citizens:home")
        return response


class OfflineView(PublicPage, TemplateView):
    template_name = "citizens/report/offline.html"

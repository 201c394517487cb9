"""The configuration's part of the audit log, with what was before and after."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from configuration.pages.base import ConfigurationPage
from configuration.selectors.changes import changes, differences, said

PAGE_SIZE = 50


class Changes(ConfigurationPage):
    section = "changes"

    def get(self, request: HttpRequest) -> HttpResponse:
        text, person = request.GET.get("q", "").strip()[:80], request.GET.get("person", "").strip()[:60]
        page = Paginator(changes(text=text, person=person), PAGE_SIZE).get_page(request.GET.get("page"))
        lines = [(entry, said(entry), differences(entry.detail)) for entry in page]
        return self.show("changes.html", {"page": page, "lines": lines, "q": text, "person": person})

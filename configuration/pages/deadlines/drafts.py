"""The drafts of rules, open and decided."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from catalogue.permissions import Action, can
from catalogue.selectors.deadlines import deadline_drafts
from catalogue.services.deadlines import today
from configuration.pages.base import ConfigurationPage

PAGE = 50


class DeadlineDrafts(ConfigurationPage):
    section = "deadlines"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(deadline_drafts(), PAGE).get_page(request.GET.get("page"))
        may_draft = can(self.actor, Action.DRAFT_DEADLINES)
        return self.show(
            "deadline_drafts.html", {"tab": "drafts", "page": page, "may_draft": may_draft, "today": today()}
        )

"""What waits for the second person, and what was decided lately. Each is decided on its own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from configuration.pages.base import ConfigurationPage
from configuration.selectors.pending import Pending, decided, pending
from grids.selectors import may_approve

# Where a kind of draft is decided: the name of its page and whether it takes the draft's key.
PAGES: dict[str, tuple[str, bool]] = {
    "grids.appointmentlist": ("appointment-list", True),
    "grids.groundplan": ("boundary", True),
    "catalogue.calendardraft": ("calendar-draft", True),
    "catalogue.responsibilityversion": ("responsibility-draft", True),
    "catalogue.deadlinedraft": ("deadline-draft", True),
    "grids.paymentlist": ("steward-payment", True),
    "citizens.apikey": ("desk:api-keys", False),
    "citizens.intakekey": ("desk:platforms", False),
    "citizens.intakesetup": ("desk:platforms", False),
}


def page_of(draft: Pending) -> str:
    """The address where the draft is read and decided; empty if it has none."""
    name, with_key = PAGES.get(draft.model, ("", False))
    if not name:
        return ""
    return reverse(name if ":" in name else f"configuration:{name}", args=[draft.pk] if with_key else [])


class Approvals(ConfigurationPage):
    section = "approvals"

    def get(self, request: HttpRequest) -> HttpResponse:
        # A list of posts may put the commander in office, who then approves the rest: it comes last.
        drafts = sorted(pending(), key=lambda one: one.model == "grids.appointmentlist")
        waiting = [(one, page_of(one), one.drafted_by_id == self.actor.user_id) for one in drafts]
        done = [(one, page_of(one), state, who, at) for one, state, who, at in decided()]
        return self.show(
            "approvals.html", {"waiting": waiting, "decided": done, "may_approve": may_approve(self.actor)}
        )

"""Saved filters above the queue, and the page where one's own are put in order."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from dispatch.models import SavedFilter
from dispatch.rules.filters import has_conditions, tidy
from dispatch.selectors import filters_of
from lianqin.kernel.actors import Actor
from workorders.registry import Panel, strip


@dataclass(frozen=True, slots=True)
class SavedView:
    pk: int
    name: str
    url: str
    current: bool
    own: bool
    shared: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Views:
    """``query`` is what the queue shows now, and may be kept where it is not yet."""

    saved: tuple[SavedView, ...]
    query: str

    @property
    def may_keep(self) -> bool:
        """A tab alone is a click away as it is."""
        return has_conditions(self.query) and not any(view.current for view in self.saved)

    @property
    def has_own(self) -> bool:
        return any(view.own for view in self.saved)


@strip("saved filters", place=10)
def saved_filters(actor: Actor, query: str) -> Panel | None:
    """Only to who has a post: citizens see their own reports, and those are few."""
    if not actor.posts:
        return None
    views = views_of(actor, query)
    return Panel("dispatch/panels/filters.html", views, dialog="dispatch/panels/filter_dialog.html")


def views_of(actor: Actor, query: str = "") -> Views:
    """One statement."""
    now = tidy(query)
    base = reverse("workorders:queue")
    return Views(tuple(_view(row, actor, now, base) for row in filters_of(actor)), now)


def _view(row: SavedFilter, actor: Actor, now: str, base: str) -> SavedView:
    return SavedView(
        pk=row.pk,
        name=row.name,
        url=f"{base}?{row.query}",
        current=row.query == now,
        own=row.owner_id == actor.user_id,
        shared=row.unit_id is not None,
        owner=getattr(row, "owner_name", ""),
    )

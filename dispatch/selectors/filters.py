"""Saved filters that somebody has at hand."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Case, When

from dispatch.models import SavedFilter
from lianqin.kernel.actors import Actor


def filters_of(actor: Actor) -> QuerySet[SavedFilter]:
    """One's own first in their sequence, then those that colleagues share. One statement."""
    mine = Q(owner_id=actor.user_id)
    shared = Q(unit_id__in=actor.unit_ids)
    first = Case(When(mine, then=0), default=1)
    found = SavedFilter.objects.filter(mine | shared).annotate(foreign=first, owner_name=F("owner__full_name"))
    return found.order_by("foreign", "position", "id")

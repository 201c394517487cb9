"""One hand-over as it is written, signed and printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.errors import NotVisible
from dispatch.models import COMING, DutyPost, Handover, Watch, WatchState
from dispatch.pages.duty import hours_of
from dispatch.permissions import may_edit_roster
from dispatch.selectors.duty import roster_units
from dispatch.selectors.handovers import FACTS, facts_now, following
from dispatch.services.handovers import EARLY
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

LABELS: Mapping[str, str | Promise] = {
    "open": _("在办"),
    "overdue": _("超时"),
    "urgent": _("紧急和特急"),
    "to_dispatch": _("待派遣"),
    "supervised": _("督办中"),
}


@dataclass(frozen=True, slots=True)
class HandoverPage:
    handover: Handover
    hours: str
    out_names: str
    in_names: str
    facts: tuple[tuple[str | Promise, int], ...]
    facts_are_now: bool
    may_write: bool
    may_sign: bool
    too_early: bool


def handover_page(actor: Actor, handover_id: int) -> HandoverPage:
    """Raises NotVisible for units one does not see. At most eight queries."""
    found = Handover.objects.select_related("unit", "shift", "taken_by_shift", "written_by", "signed_by")
    handover = found.filter(pk=handover_id).first()
    if handover is None:
        raise NotVisible
    watches = list(_watches(handover))
    stood = [each for each in watches if each.shift_id == handover.shift_id]
    comes = [each for each in watches if each.shift_id != handover.shift_id]
    keeps = may_edit_roster(actor, handover.unit)
    mine = {each.shift_id for each in watches if each.user_id == actor.user_id}
    if not keeps and not mine and handover.unit_id not in {unit.pk for unit in roster_units(actor)}:
        raise NotVisible
    now = clock.now()
    unsigned = handover.signed_at is None
    return HandoverPage(
        handover=handover,
        hours=hours_of(handover.shift),
        out_names="、".join(str(each.user) for each in stood if each.post != DutyPost.PATROL),
        in_names="、".join(str(each.user) for each in comes if each.post != DutyPost.PATROL),
        facts=_facts(handover.facts or facts_now(handover.unit, now)),
        facts_are_now=not handover.facts,
        may_write=unsigned and (keeps or handover.shift_id in mine),
        may_sign=unsigned
        and handover.written_at is not None
        and handover.written_by_id != actor.user_id
        and (keeps or bool(mine - {handover.shift_id})),
        too_early=now < handover.due_at - EARLY,
    )


def _watches(handover: Handover) -> list[Watch]:
    after = handover.taken_by_shift or following(handover)
    shifts = [handover.shift_id] + ([after.pk] if after else [])
    states = (*COMING, WatchState.RELIEVED)
    return list(
        Watch.objects.filter(shift_id__in=shifts, state__in=states).select_related("user").order_by("post", "pk")
    )


def _facts(told: Mapping[str, int]) -> tuple[tuple[str | Promise, int], ...]:
    return tuple((LABELS[name], int(told.get(name, 0))) for name in FACTS)

"""Beside the order: who has a part, what waits for an answer, whom to send it to, what may be the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from grids.models import Unit
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import Actor
from workorders.models import Assignment, Request, Timer, WorkOrder
from workorders.pages.choices import Choices
from workorders.pages.clocks import at, clock_of
from workorders.pages.faces import in_words
from workorders.pages.queue import row_of
from workorders.pages.shapes import OpenRequest, Party, Suggestion, Twin
from workorders.pages.tags import Tag, Text
from workorders.pages.words import PART_TONES
from workorders.services.duplicates import possible_duplicates
from workorders.states import OPEN, AssignmentStatus, Role, Stage

MOST_SUGGESTED = 5
FEWEST = 4
MOST_TWINS = 5
LOOK_BACK = dt.timedelta(days=30)
GONE = (AssignmentStatus.RETURNED, AssignmentStatus.SUPERSEDED, AssignmentStatus.REVOKED)
FINISHED = (AssignmentStatus.DONE, AssignmentStatus.OVERRIDDEN)


def party(row: Assignment, order: WorkOrder, timers: list[Timer], now: dt.datetime) -> Party:
    wanted = Stage.ACKNOWLEDGE if row.status == "pending" else Stage.HANDLE
    own = [timer for timer in timers if timer.assignment_id == row.pk]
    own.sort(key=lambda timer: timer.stage != wanted)
    who = row.finished_by or row.acknowledged_by
    moment = row.finished_at or row.acknowledged_at or row.dispatched_at
    note = f"{at(moment)} {who.full_name if who else ''}".strip()
    return Party(
        name=row.unit.name,
        role=row.get_role_display(),
        is_lead=row.role == Role.LEAD,
        state=Tag(row.get_status_display(), PART_TONES.get(row.status, "muted")),
        note=note,
        clock=clock_of(own[0], order, now) if own and row.is_live else None,
        is_gone=row.status in GONE,
    )


def open_request(row: Request, order: WorkOrder, timers: list[Timer], now: dt.datetime, may: bool) -> OpenRequest:
    own = next((timer for timer in timers if timer.request_id == row.pk), None)
    return OpenRequest(
        pk=row.pk,
        label=row.get_kind_display(),
        requester=row.requester.full_name if row.requester else _("系统"),
        reason=row.reason,
        clock=clock_of(own, order, now) if own else None,
        may_decide=may,
        waits_for=_("待 %s 审批") % row.unit.name,
    )


def suggestions(order: WorkOrder, choices: Choices, now: dt.datetime) -> tuple[Suggestion, ...]:
    """The default department of the matter first, then who knows the order or its kind, then who has least in hand.

    Who has returned this order comes last. Two queries beside the pickers'.
    """
    done = _done_of_the_kind(order, now)
    judged = [_judged(unit, order, choices, done) for unit in choices.departments]
    ranked = sorted(judged, key=lambda each: each.rank)
    telling = [each for each in ranked if each.rank < IDLE]
    shown = (telling + [each for each in ranked if each.rank >= IDLE][: max(0, FEWEST - len(telling))])[:MOST_SUGGESTED]
    return tuple(_suggestion(each, place == 0, order, choices) for place, each in enumerate(shown))


@dataclass(frozen=True, slots=True)
class Judged:
    unit: Unit
    why: Text
    rank: tuple[int, int, int]


# Ranks: the default, who had this order before, who settled others of the kind, whose business it is; then the rest.
IDLE = (4, 0, 0)
RETURNED = 9


def _judged(unit: Unit, order: WorkOrder, choices: Choices, done: Mapping[int, int]) -> Judged:
    parts = {part.status for part in order.assignments.all() if part.unit_id == unit.pk}
    load, number = choices.load(unit), done.get(unit.pk, 0)
    default = next((each for each in choices.departments if each.pk == choices.default_unit), None)
    if AssignmentStatus.RETURNED in parts:
        return Judged(unit, _("已对本单退单, 不宜再派"), (RETURNED, 0, load))
    if default is unit:
        why = _("默认承办, 近 30 天办结同类 %d 件") % number if number else _("本事项的默认承办单位")
        return Judged(unit, why, (0, 0, load))
    if parts:
        return Judged(unit, _("此前承办过本单, 熟悉情况"), (1, 0, load))
    if number:
        return Judged(unit, _("近 30 天办结同类 %d 件") % number, (2, -number, load))
    if default is not None and unit.function == default.function and unit.street_id in (None, order.street_id):
        return Judged(unit, _("属地同职能单位: %s") % FUNCTIONS[unit.function].name, (3, 0, load))
    return Judged(unit, _("职能: %s") % FUNCTIONS[unit.function].name, (4, 0, load))


def _done_of_the_kind(order: WorkOrder, now: dt.datetime) -> dict[int, int]:
    if order.category_id is None:
        return {}
    finished = Assignment.objects.filter(
        status__in=FINISHED, finished_at__gte=now - LOOK_BACK, order__category_id=order.category_id
    )
    return dict(finished.order_by().values("unit").annotate(number=Count("pk")).values_list("unit", "number"))


def _suggestion(judged: Judged, first: bool, order: WorkOrder, choices: Choices) -> Suggestion:
    unit = judged.unit
    tag = Tag(_("推荐"), "primary") if first and judged.rank < IDLE else None
    if tag is None and unit.vertical:
        tag = Tag(_("垂直管理"))
    # A squad goes by what it does: the name of its street says nothing beside its neighbours.
    own = unit.short_name.removeprefix(order.street.short_name) if order.street else unit.short_name
    mark = own.removeprefix(_("区"))[:1]
    # Chosen beside the order is what is chosen in the form.
    chosen = first and unit.pk == choices.default_unit
    return Suggestion(unit.code, unit.short_name, mark, judged.why, choices.load(unit), tag, chosen=chosen)


def twins(actor: Actor, order: WorkOrder, now: dt.datetime) -> tuple[Twin, ...]:
    """Open orders of the same matter close by in place and time. One query."""
    if order.status not in OPEN:
        return ()
    return tuple(
        Twin(row_of(each.order, now), each.distance_m, in_words(each.age_seconds))
        for each in possible_duplicates(actor, order)[:MOST_TWINS]
    )


def party_rows(parts: Iterable[Assignment]) -> list[Assignment]:
    """Those who count first, the lead before those who assist, the newest before the older."""
    return sorted(parts, key=lambda part: (part.status in GONE, part.role != Role.LEAD, -part.pk))

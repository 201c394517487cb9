"""Beside the order: who has a part, what waits for an answer, what may be the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from workorders.models import Assignment, Request, Timer, WorkOrder
from workorders.pages.clocks import at, clock_of
from workorders.pages.faces import in_words
from workorders.pages.queue import row_of
from workorders.pages.shapes import Around, OpenRequest, Party, Twin
from workorders.pages.tags import Tag
from workorders.pages.words import PART_TONES
from workorders.services.nearby import Neighbour
from workorders.states import AssignmentStatus, Role, Stage

MOST_TWINS = 5
MOST_AROUND = 5
GONE = (AssignmentStatus.RETURNED, AssignmentStatus.SUPERSEDED, AssignmentStatus.REVOKED)


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
        state=_state_of(row),
        note=note,
        clock=clock_of(own[0], order, now) if own and row.is_live else None,
        is_gone=row.status in GONE,
    )


def _state_of(row: Assignment) -> Tag:
    """The unit did not return what nobody ended: it did not answer in time, and the system took it back."""
    taken_back = row.status == AssignmentStatus.RETURNED and row.finished_by_id is None
    said = _("逾期未签收，系统退回") if taken_back else row.get_status_display()
    return Tag(said, PART_TONES.get(row.status, "muted"))


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


def twins(found: Iterable[Neighbour], now: dt.datetime) -> tuple[Twin, ...]:
    """Open orders of the same matter close by in place and time."""
    alike = [each for each in found if each.is_twin][:MOST_TWINS]
    return tuple(Twin(row_of(each.order, now), each.distance_m, in_words(each.age_seconds)) for each in alike)


def neighbours(found: Iterable[Neighbour], now: dt.datetime, *, back: bool) -> tuple[Around, ...]:
    """What has come back, or what is open close by and no twin."""
    shown = [each for each in found if each.is_back == back and not each.is_twin][:MOST_AROUND]
    return tuple(_around(each, now) for each in shown)


def _around(found: Neighbour, now: dt.datetime) -> Around:
    ended = ""
    if found.is_back and found.order.ended_at is not None:
        ended = in_words(round((now - found.order.ended_at).total_seconds()))
    return Around(row_of(found.order, now), found.distance_m, ended)


def party_rows(parts: Iterable[Assignment]) -> list[Assignment]:
    """Those who count first, the lead before those who assist, the newest before the older."""
    return sorted(parts, key=lambda part: (part.status in GONE, part.role != Role.LEAD, -part.pk))

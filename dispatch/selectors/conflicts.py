"""What stands against somebody's place in a shift: another shift, no rest, leave, no post, no training."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from dispatch.models import COMING, Leave, Shift, Watch
from dispatch.rules.posts import DOUBLE, HARD, LEAVE, LEFT, POST_ROLES, REST, UNTRAINED
from dispatch.rules.rosters import REST as REST_TIME
from dispatch.rules.rosters import Span, lacks_rest, overlaps
from grids.models import CourseRequirement, Membership, TrainingRecord, Unit


class Held(NamedTuple):
    """A shift that somebody already has."""

    watch_id: int
    span: Span


class Posting(NamedTuple):
    """A post on the ground, and the units in whose rosters it counts."""

    role: str
    post: str
    unit_id: int | None
    parent_id: int | None
    street_id: int | None
    starts_on: dt.date
    ends_on: dt.date | None


@dataclass(slots=True)
class Standing:
    """All that is needed to judge some people over some time, read once; ``against`` asks nothing more."""

    held: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    leaves: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    posts: dict[int, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    required: list[CourseRequirement] = field(default_factory=list)
    passed: dict[tuple[int, int], list[TrainingRecord]] = field(default_factory=lambda: defaultdict(list))

    def against(
        self, user_id: int, unit: Unit, span: Span, post: str, *, leaving_out: Iterable[int] = ()
    ) -> tuple[str, ...]:
        """The conflicts of (person, unit, time, post), the hard ones first; watches ``leaving_out`` do not count."""
        out = set(leaving_out)
        others = [each.span for each in self.held.get(user_id, ()) if each.watch_id not in out]
        found = []
        if any(overlaps(span, other) for other in others):
            found.append(DOUBLE)
        if any(overlaps(span, leave) for leave in self.leaves.get(user_id, ())):
            found.append(LEAVE)
        day = timezone.localdate(span.starts_at)
        fitting = [each for each in self.posts.get(user_id, ()) if _fits(each, unit, post, day)]
        if not fitting:
            found.append(LEFT)
        elif not any(self._trained(user_id, each, day) for each in fitting):
            found.append(UNTRAINED)
        if DOUBLE not in found and any(lacks_rest(span, other) for other in others):
            found.append(REST)
        return tuple(found)

    def hard(self, user_id: int, unit: Unit, span: Span, post: str, *, leaving_out: Iterable[int] = ()) -> list[str]:
        return [each for each in self.against(user_id, unit, span, post, leaving_out=leaving_out) if each in HARD]

    def take(self, user_id: int, watch_id: int, span: Span) -> None:
        """Reckon with a watch that has just been written."""
        self.held[user_id].append(Held(watch_id, span))

    def _trained(self, user_id: int, posting: Posting, day: dt.date) -> bool:
        """As the ground has it: who was in office before the course was required stays."""
        return not any(
            each.role == posting.role
            and each.post in ("", posting.post)
            and each.since <= min(day, posting.starts_on)
            and not any(_holds(record, day) for record in self.passed.get((user_id, each.course_id), ()))
            for each in self.required
        )


def standing(user_ids: Iterable[int], span: Span) -> Standing:
    """Read what is needed to judge these people from ``span.starts_at`` to its end. Five queries."""
    people = list(set(user_ids))
    found = Standing()
    if not people:
        return found
    watches = Watch.objects.filter(
        user_id__in=people,
        state__in=COMING,
        shift__starts_at__lt=span.ends_at + REST_TIME,
        shift__ends_at__gt=span.starts_at - REST_TIME,
    )
    for pk, user_id, since, until in watches.values_list("pk", "user_id", "shift__starts_at", "shift__ends_at"):
        found.held[user_id].append(Held(pk, Span(since, until)))
    away = Leave.objects.filter(
        user_id__in=people, ended_at=None, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    for user_id, since, until in away.values_list("user_id", "starts_at", "ends_at"):
        found.leaves[user_id].append(Span(since, until))
    _read_posts(found, people)
    found.required = list(CourseRequirement.objects.filter(course__active=True))
    records = TrainingRecord.objects.filter(
        user_id__in=people, passed=True, course_id__in={each.course_id for each in found.required}
    )
    for record in records.only("user_id", "course_id", "held_on", "valid_until", "passed"):
        found.passed[record.user_id or 0, record.course_id].append(record)
    return found


def standing_for(user_ids: Iterable[int], shifts: Iterable[Shift]) -> Standing:
    """The same over the time of these shifts."""
    spans = [(each.starts_at, each.ends_at) for each in shifts]
    if not spans:
        return Standing()
    return standing(user_ids, Span(min(each[0] for each in spans), max(each[1] for each in spans)))


def eligible(unit: Unit, day: dt.date) -> Q:
    """Memberships through which somebody belongs into the roster of ``unit`` on that day."""
    reach = Q(unit=unit) | Q(unit__parent=unit)
    if unit.kind == "sub_center":
        reach |= Q(grid__community__street_id=unit.street_id)
        reach |= Q(unit__kind="workstation", unit__street_id=unit.street_id)
    in_office = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))
    return reach & in_office & Q(user__is_active=True)


def _read_posts(found: Standing, people: list[int]) -> None:
    rows = Membership.objects.filter(user_id__in=people, user__is_active=True).values_list(
        "user_id", "role", "post", "unit_id", "unit__parent_id", "unit__street_id", "grid__community__street_id",
        "starts_on", "ends_on",
    )  # fmt: skip
    for user_id, role, post, unit_id, parent_id, street_id, grid_street_id, since, until in rows:
        street = grid_street_id if unit_id is None else street_id
        found.posts[user_id].append(Posting(role, post, unit_id, parent_id, street, since, until))


def _fits(posting: Posting, unit: Unit, post: str, day: dt.date) -> bool:
    if posting.role not in POST_ROLES[post] or posting.starts_on > day:
        return False
    if posting.ends_on is not None and posting.ends_on <= day:
        return False
    if unit.pk in (posting.unit_id, posting.parent_id):
        return True
    # A street's patrol is drawn from its grids and workstations.
    of_street = unit.kind == "sub_center" and post == "patrol" and posting.street_id == unit.street_id
    return of_street and posting.role in ("grid_worker", "community_officer")


def _holds(record: TrainingRecord, day: dt.date) -> bool:
    return record.held_on <= day and (record.valid_until is None or record.valid_until >= day)

"""The roster of a unit by week, of a place by day, and who could be placed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from dispatch.models import COMING, DutyPost, Rotation, Shift, ShiftTemplate, Watch, WatchState
from dispatch.pages.duty import hours_of, lacks
from dispatch.permissions import may_edit_roster
from dispatch.rules.posts import CONFLICTS, HARD, UNIT_POSTS
from dispatch.rules.rosters import Span
from dispatch.selectors import duty as reads
from dispatch.selectors.conflicts import Standing, standing, standing_for
from dispatch.services.staffing import shortage
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

WEEK = dt.timedelta(days=7)
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Chip:
    """Somebody in a cell. ``tone`` is how grave the conflicts are, ``says`` names them."""

    watch: Watch
    name: str
    tone: str
    says: str

    @property
    def comes(self) -> bool:
        return self.watch.state in COMING


@dataclass(frozen=True, slots=True)
class Slot:
    post: str
    label: str
    needed: int
    chips: tuple[Chip, ...]
    over: bool

    @property
    def missing(self) -> int:
        """How many do not come; of a shift that is over, how many did not."""
        there = (*COMING, WatchState.RELIEVED) if self.over else COMING
        return max(0, self.needed - sum(chip.watch.state in there for chip in self.chips))

    @property
    def after_one(self) -> int:
        """How many would be missing if one who comes were taken out."""
        return max(0, self.needed - sum(chip.comes for chip in self.chips) + 1)


@dataclass(frozen=True, slots=True)
class Cell:
    shift: Shift
    slots: tuple[Slot, ...]
    over: bool


@dataclass(slots=True)
class Row:
    name: str
    hours: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Day:
    date: dt.date
    is_today: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    user_id: int
    name: str
    role: str
    hours: int
    says: str
    possible: bool
    tone: str


@dataclass(frozen=True, slots=True)
class Picking:
    """The place that is being filled."""

    shift: Shift
    post: str
    label: str
    text: str
    people: tuple[Candidate, ...]
    more: int
    hours: str


@dataclass(frozen=True, slots=True)
class WeekPage:
    unit: Unit
    units: Sequence[Unit]
    monday: dt.date
    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    may_edit: bool
    drafts: int
    gaps: int
    conflicts: int
    shifts: int
    picking: Picking | None
    template: ShiftTemplate | None
    has_rotation: bool
    now: dt.datetime

    @property
    def posts(self) -> list[tuple[str, str]]:
        return [(post, str(DutyPost(post).label)) for post in UNIT_POSTS[self.unit.kind]]

    @property
    def before(self) -> dt.date:
        return self.monday - WEEK

    @property
    def after(self) -> dt.date:
        return self.monday + WEEK

    @property
    def last(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)


@dataclass(slots=True)
class _Counts:
    drafts: int = 0
    gaps: int = 0
    conflicts: int = 0


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def local_midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def week_page(
    actor: Actor,
    unit: Unit,
    units: Sequence[Unit],
    monday: dt.date,
    *,
    cell: tuple[int, str] | None = None,
    text: str = "",
) -> WeekPage:
    """Some twelve queries, whatever they find; six more while a place is being filled."""
    now = clock.now()
    shifts = reads.shifts_of(unit, local_midnight(monday), local_midnight(monday + WEEK))
    known = standing_for({watch.user_id for shift in shifts for watch in shift.watches.all()}, shifts)
    counts = _Counts()
    days = tuple(Day(monday + dt.timedelta(days=n), monday + dt.timedelta(days=n) == _today(now)) for n in range(7))
    rows = _rows(shifts, known, unit, monday, now, counts)
    may_edit = may_edit_roster(actor, unit)
    template = ShiftTemplate.objects.filter(unit=unit, active=True).first()
    chosen = next((shift for shift in shifts if cell and shift.pk == cell[0]), None) if may_edit else None
    picking = _picking(unit, chosen, cell[1], text) if chosen and cell and cell[1] in UNIT_POSTS[unit.kind] else None
    return WeekPage(
        unit=unit, units=units, monday=monday, days=days, rows=rows, may_edit=may_edit, drafts=counts.drafts,
        gaps=counts.gaps, conflicts=counts.conflicts, shifts=len(shifts), picking=picking, template=template,
        has_rotation=template is not None and Rotation.objects.filter(template=template).exists(), now=now,
    )  # fmt: skip


def _today(now: dt.datetime) -> dt.date:
    return timezone.localdate(now)


def _rows(
    shifts: Iterable[Shift], known: Standing, unit: Unit, monday: dt.date, now: dt.datetime, counts: _Counts
) -> tuple[Row, ...]:
    rows: dict[tuple[str, str], Row] = {}
    for shift in shifts:
        hours = hours_of(shift)
        start = timezone.localtime(shift.starts_at)
        row = rows.setdefault((f"{start:%H:%M}", shift.name), Row(shift.name, hours, [None] * 7))
        row.cells[(start.date() - monday).days] = _cell(shift, known, unit, now, counts)
    return tuple(rows[key] for key in sorted(rows))


def _cell(shift: Shift, known: Standing, unit: Unit, now: dt.datetime, counts: _Counts) -> Cell:
    over = shift.ends_at <= now
    posts = [post for post in UNIT_POSTS[unit.kind] if shift.needed.get(post) or _has(shift, post)]
    slots = tuple(_slot(shift, post, known, unit, over) for post in posts)
    if not over:
        counts.drafts += not shift.published
        counts.gaps += any(slot.missing for slot in slots)
        counts.conflicts += sum(bool(chip.says) for slot in slots for chip in slot.chips)
    return Cell(shift, slots, over)


def _has(shift: Shift, post: str) -> bool:
    return any(watch.post == post for watch in shift.watches.all())


def _slot(shift: Shift, post: str, known: Standing, unit: Unit, over: bool) -> Slot:
    chips = tuple(_chip(watch, shift, known, unit) for watch in shift.watches.all() if watch.post == post)
    return Slot(post, str(DutyPost(post).label), int(shift.needed.get(post, 0)), chips, over)


def _chip(watch: Watch, shift: Shift, known: Standing, unit: Unit) -> Chip:
    span = Span(shift.starts_at, shift.ends_at)
    against = (
        known.against(watch.user_id, unit, span, watch.post, leaving_out=[watch.pk]) if watch.state in COMING else ()
    )
    return Chip(watch, str(watch.user), _tone(against), "；".join(str(CONFLICTS[each]) for each in against))


def _tone(against: Iterable[str]) -> str:
    found = set(against)
    return "critical" if found & HARD else "warn" if found else ""


def _picking(unit: Unit, shift: Shift, post: str, text: str) -> Picking:
    there = {watch.user_id for watch in shift.watches.all() if watch.state in COMING}
    people = [each for each in reads.candidates(unit, shift, post, text) if each[0] not in there]
    span = Span(shift.starts_at, shift.ends_at)
    week = Span(shift.starts_at - WEEK / 2, shift.ends_at + WEEK / 2)
    known = standing([each[0] for each in people], week)
    told = [_candidate(known, unit, span, post, *each) for each in people]
    told.sort(key=lambda each: (not each.possible, each.tone, each.hours))
    return Picking(
        shift, post, str(DutyPost(post).label), text, tuple(told[:MOST_SHOWN]), max(0, len(told) - MOST_SHOWN),
        hours_of(shift),
    )  # fmt: skip


def _candidate(known: Standing, unit: Unit, span: Span, post: str, user_id: int, name: str, role: str) -> Candidate:
    against = known.against(user_id, unit, span, post)
    held = sum((each.span.ends_at - each.span.starts_at for each in known.held.get(user_id, ())), dt.timedelta())
    says = "；".join(str(CONFLICTS[each]) for each in against)
    return Candidate(
        user_id, name, role, int(held.total_seconds() // 3600), says, not HARD & set(against), _tone(against)
    )


@dataclass(slots=True)
class DayLine:
    """A unit through one day."""

    unit: Unit
    shifts: list[DayShift] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayShift:
    """``start`` and ``length`` are shares of the day in percent, for the bar."""

    shift: Shift
    hours: str
    names: str
    lacks: str
    start: float
    length: float


def day_lines(units: Sequence[Unit], day: dt.date, now: dt.datetime) -> list[DayLine]:
    """Every unit with its shifts of the day. Two queries."""
    since = local_midnight(day)
    until = since + dt.timedelta(days=1)
    lines = {unit.pk: DayLine(unit) for unit in units}
    for shift in reads.shifts_of_day(list(lines), since, until):
        lines[shift.unit_id].shifts.append(_day_shift(shift, since, until, now))
    return list(lines.values())


def _day_shift(shift: Shift, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> DayShift:
    start, end = max(shift.starts_at, since), min(shift.ends_at, until)
    whole = (until - since).total_seconds()
    over = shift.ends_at <= now
    people = [watch for watch in shift.watches.all() if watch.state in COMING or (over and watch.state != "absent")]
    leading = [str(watch.user) for watch in people if watch.post != DutyPost.PATROL]
    return DayShift(
        shift, hours_of(shift), "、".join(leading[:4]), "" if over else lacks(shortage(shift)),
        round((start - since).total_seconds() / whole * 100, 2), round((end - start).total_seconds() / whole * 100, 2),
    )  # fmt: skip

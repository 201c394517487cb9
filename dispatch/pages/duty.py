"""Who is on duty now at both levels, what comes next, and what of it waits for who looks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import masked_phone
from dispatch.models import (
    COMING,
    SWAP_OPEN,
    DutyPost,
    Handover,
    Leave,
    Position,
    Shift,
    Swap,
    SwapState,
    Watch,
    WatchState,
)
from dispatch.rules.posts import CENTRES
from dispatch.selectors import duty as reads
from dispatch.services.staffing import shortage
from dispatch.services.watches import EARLY
from grids.models import Unit, UnitKind
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

NEXT_AFTER = dt.timedelta(hours=12)
SWAP_TONES = {
    SwapState.ASKED: "tag-warn",
    SwapState.CONSENTED: "tag-warn",
    SwapState.DONE: "tag-ok",
    SwapState.REFUSED: "tag-critical",
    SwapState.WITHDRAWN: "tag-line",
    SwapState.EXPIRED: "tag-line",
}


@dataclass(frozen=True, slots=True)
class Person:
    watch_id: int
    user_id: int
    name: str
    post: str
    phone: str
    until: dt.datetime
    present: bool
    stands_in: bool


@dataclass(slots=True)
class UnitLine:
    """A unit now: who stands there, the shift after this one, and what is missing."""

    unit: Unit
    people: list[Person] = field(default_factory=list)
    patrol: list[Person] = field(default_factory=list)
    following: Shift | None = None
    following_names: str = ""
    short: str = ""
    may_call: bool = False

    @property
    def is_centre(self) -> bool:
        return self.unit.kind in CENTRES


@dataclass(frozen=True, slots=True)
class Gap:
    shift: Shift
    lacks: str
    running: bool
    url_unit: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A shift of one's own, and what can be done about it now."""

    watch: Watch
    running: bool
    may_take_up: bool
    may_swap: bool

    @property
    def is_present(self) -> bool:
        return self.watch.state == WatchState.PRESENT


@dataclass(frozen=True, slots=True)
class SwapLine:
    """``act``: answer, decide, withdraw or nothing."""

    swap: Swap
    act: str

    @property
    def tone(self) -> str:
        return SWAP_TONES[SwapState(self.swap.state)]


@dataclass(frozen=True, slots=True)
class DutyPage:
    now: dt.datetime
    district: tuple[UnitLine, ...]
    streets: tuple[UnitLine, ...]
    departments: tuple[UnitLine, ...]
    gaps: tuple[Gap, ...]
    mine: tuple[Mine, ...]
    leaves: tuple[Leave, ...]
    swaps: tuple[SwapLine, ...]
    handovers: tuple[Handover, ...]
    position: Position | None
    may_share: bool
    keeps_roster: bool
    on_duty: int = 0
    patrols: int = 0

    @property
    def open_swaps(self) -> int:
        return sum(line.swap.state in SWAP_OPEN for line in self.swaps)

    @property
    def coming(self) -> tuple[Mine, ...]:
        return tuple(each for each in self.mine if not each.running)

    @property
    def current(self) -> Mine | None:
        return next((each for each in self.mine if each.running), None)


def duty_page(actor: Actor) -> DutyPage:
    """At most eleven queries, whatever they find."""
    now = clock.now()
    lines = {unit.pk: UnitLine(unit) for unit in reads.centres()}
    shifts = reads.shifts_around(now)
    for shift in shifts:
        if shift.unit_id not in lines:
            lines[shift.unit_id] = UnitLine(shift.unit)
        _note(lines[shift.unit_id], shift, now)
    for pk in reads.callable_ids(actor) & lines.keys():
        lines[pk].may_call = True
    mine = tuple(_mine(watch, now) for watch in reads.my_watches(actor, now))
    own = reads.editable_ids(actor)
    concerned = own or [each.watch.shift.unit_id for each in mine[:1]]
    running = [each.watch.user_id for each in mine if each.running]
    position = Position.objects.filter(user_id__in=running).first() if running else None
    everybody = [person for line in lines.values() for person in line.people]
    return DutyPage(
        now=now,
        district=_of(lines.values(), UnitKind.COMMAND_CENTER),
        streets=_of(lines.values(), UnitKind.SUB_CENTER),
        departments=tuple(line for line in lines.values() if not line.is_centre and (line.people or line.patrol)),
        gaps=tuple(_gaps(shifts, lines.values(), now)),
        mine=mine,
        leaves=tuple(reads.my_leaves(actor, now)),
        swaps=tuple(SwapLine(swap, reads.waits_for(swap, actor)) for swap in reads.shown_swaps(actor, now)),
        handovers=tuple(reads.handovers_waiting(concerned, now)) if concerned else (),
        position=position,
        may_share=bool(running),
        keeps_roster=bool(own),
        on_duty=len(everybody),
        patrols=sum(len(line.patrol) for line in lines.values()),
    )


def _note(line: UnitLine, shift: Shift, now: dt.datetime) -> None:
    if not shift.published:
        return
    coming = [each for each in shift.watches.all() if each.state in COMING and each.user.is_active]
    if shift.starts_at <= now:
        for watch in coming:
            home = line.patrol if watch.post == DutyPost.PATROL else line.people
            home.append(_person(watch, shift))
        line.short = line.short or lacks(shortage(shift))
    elif line.following is None:
        line.following = shift
        leading = [str(each.user) for each in coming if each.post != DutyPost.PATROL]
        line.following_names = "、".join(leading[:4])


def _person(watch: Watch, shift: Shift) -> Person:
    return Person(
        watch_id=watch.pk,
        user_id=watch.user_id,
        name=str(watch.user),
        post=str(watch.get_post_display()),
        phone=masked_phone(watch.user.phone),
        until=shift.ends_at,
        present=watch.state == WatchState.PRESENT,
        stands_in=watch.instead_of_id is not None,
    )


def _of(lines: Iterable[UnitLine], kind: str) -> tuple[UnitLine, ...]:
    return tuple(line for line in lines if line.unit.kind == kind)


def lacks(short: dict[str, int]) -> str:
    """``派遣员缺1人，…`` of what is missing."""
    return "，".join(
        _("%(post)s缺%(number)d人") % {"post": DutyPost(post).label, "number": number} for post, number in short.items()
    )


def _gaps(shifts: Iterable[Shift], lines: Iterable[UnitLine], now: dt.datetime) -> Iterable[Gap]:
    planned: dict[int, int] = defaultdict(int)
    for shift in shifts:
        planned[shift.unit_id] += 1
        short = shortage(shift)
        if short:
            said = lacks(short) if shift.published else _("班次未发布")
            yield Gap(shift, said, shift.starts_at <= now, shift.unit.code)
    for line in lines:
        if line.is_centre and not planned[line.unit.pk]:
            bare = Shift(unit=line.unit, name=_("未排班"), starts_at=now, ends_at=now + reads.DAY)
            yield Gap(bare, _("24 小时内没有班次"), True, line.unit.code)


def _mine(watch: Watch, now: dt.datetime) -> Mine:
    shift = watch.shift
    running = shift.starts_at <= now < shift.ends_at and watch.state in COMING
    may_take_up = watch.state == WatchState.PLANNED and shift.starts_at - EARLY <= now
    return Mine(watch, running, may_take_up, now < shift.starts_at and watch.state == WatchState.PLANNED)


def hours_of(shift: Shift) -> str:
    """``23:00-次日07:00`` in local time."""
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    next_day = _("次日") if end.date() > start.date() else ""
    return f"{start:%H:%M}-{next_day}{end:%H:%M}"

"""What copying a week or filling it from the rotation would write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from dispatch import services
from dispatch.models import DutyPost, Shift
from dispatch.pages.duty import hours_of
from dispatch.rules.posts import CONFLICTS
from dispatch.services import Placed
from grids.models import Unit
from lianqin.kernel.actors import Actor

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    shift: Shift
    hours: str
    name: str
    post: str
    says: str
    possible: bool


@dataclass(frozen=True, slots=True)
class Preview:
    what: str
    lines: tuple[Line, ...]
    possible: int

    @property
    def impossible(self) -> int:
        return len(self.lines) - self.possible


def preview_of(what: str, unit: Unit, monday: dt.date, by: Actor) -> Preview:
    """Raises NotAllowed, RosterRefused. Writes nothing."""
    if what == "copy":
        placed = services.copy_week(unit=unit, monday=monday, by=by, preview=True)
    else:
        placed = services.fill_from_rotation(unit=unit, since=monday, until=monday + WEEK, by=by, preview=True)
    shifts = Shift.objects.in_bulk({each.shift_id for each in placed})
    people = User.objects.in_bulk({each.user_id for each in placed})
    lines = [_line(each, shifts[each.shift_id], people[each.user_id]) for each in placed]
    # What will not be placed comes first: that is what one has to look after.
    lines.sort(key=lambda each: (each.possible, not each.says, each.shift.starts_at))
    return Preview(what, tuple(lines), sum(each.possible for each in lines))


def _line(each: Placed, shift: Shift, person: User) -> Line:
    says = "；".join(str(CONFLICTS[name]) for name in each.against)
    return Line(shift, hours_of(shift), str(person), str(DutyPost(each.post).label), says, each.possible)

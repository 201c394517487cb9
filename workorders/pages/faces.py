"""The face of a timer: what a clock shows, and durations as figures and as words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from workorders.pages.tags import Text


@dataclass(frozen=True, slots=True)
class Clock:
    """One running, paused or finished timer. ``now`` is the database's; fractions run over wall time.

    ``inner`` names the stage of a clock that runs inside the order's own limit: late there is not yet 超时.
    """

    label: Text
    started_at: dt.datetime
    due_at: dt.datetime
    now: dt.datetime
    state: Literal["running", "paused", "done"] = "running"
    who: Text = ""
    consequence: Text = ""
    paused_because: Text = ""
    warning: Text = ""
    warn_at: float = 0.8
    inner: Text = ""

    @property
    def remaining_seconds(self) -> int:
        return round((self.due_at - self.now).total_seconds())

    @property
    def is_overdue(self) -> bool:
        return self.remaining_seconds < 0

    @property
    def late_words(self) -> Text:
        """How to say that the time is over: of the order, or of one stage alone."""
        return _("%s已逾期") % self.inner if self.inner else _("已超时")

    @property
    def used(self) -> float:
        """Share of the time that is used up, between 0 and 1."""
        whole = (self.due_at - self.started_at).total_seconds()
        return 1.0 if whole <= 0 else min(1.0, max(0.0, (self.now - self.started_at).total_seconds() / whole))

    @property
    def percent(self) -> int:
        return round(self.used * 100)

    @property
    def hand(self) -> str:
        """``stroke-dasharray`` of a ring with radius 18."""
        return f"{self.used * 113.1:.1f} 113.1"

    @property
    def tone(self) -> str:
        if self.state != "running":
            return self.state
        if self.is_overdue:
            return "critical"
        return "warn" if self.used >= self.warn_at else "ok"

    @property
    def value(self) -> str:
        return countdown(self.remaining_seconds)

    @property
    def words(self) -> str:
        """``12分钟``, ``3小时20分``, ``2天4小时``: how long until it runs out."""
        return in_words(self.remaining_seconds)

    @property
    def is_long(self) -> bool:
        """More than a day either way: needs a smaller figure."""
        return abs(self.remaining_seconds) >= 86_400


def countdown(seconds: int) -> str:
    """``03:25``, ``4:03:25``, ``2天 03:25``; overdue counts on with a minus sign."""
    sign, rest = ("\u2212" if seconds < 0 else ""), abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{sign}{days}天 {hours:02d}:{minutes:02d}"
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes:02d}:{left:02d}"


def in_words(seconds: int) -> str:
    """``12分钟``, ``3小时20分``, ``2天4小时``; under a minute in seconds."""
    rest = abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分钟" if minutes else f"{rest}秒"

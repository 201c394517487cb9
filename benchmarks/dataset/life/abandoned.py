"""Courses that are left where they are at the end of a data set: every open status at both levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from benchmarks.dataset.life.habits import tell
from benchmarks.dataset.life.registry import PLAIN, Course, calm
from benchmarks.dataset.player import Player

STATUSES = ("reported", "registered", "dispatched", "handling", "submitted", "shelved")
# How long before the end they begin: long enough for what is done in them.
LEAST, MOST = dt.timedelta(minutes=20), dt.timedelta(minutes=55)


def _leave(status: str, level: str) -> Callable[[Player], None]:
    """Go as far as ``status``, a minute or so for each step, in spite of the hour."""
    rising = level == "district"
    centre, unit = ("duty", "bureau") if rising else ("dispatcher", "lead")

    def play(p: Player) -> None:
        tell(p)
        if rising:
            _soon(p)
            p.act("escalate", "dispatcher")
        if status != "reported":
            _soon(p)
            p.act("register", centre, conditions_confirmed=True)
        if status == "shelved":
            _shelve(p, centre, "commander" if rising else "duty")
        elif status not in ("reported", "registered"):
            _work(p, status, centre, unit)
        p.hold()

    return play


def _work(p: Player, status: str, centre: str, unit: str) -> None:
    _soon(p)
    p.act("dispatch", centre, lead=p.unit(unit), assists=[], instruction=p.text("instruction"))
    if status == "dispatched":
        return
    _soon(p)
    p.act("acknowledge", f"by:{unit}")
    if status == "submitted":
        _soon(p)
        p.picture(f"by:{unit}")
        p.act("submit_result", f"by:{unit}")


def _shelve(p: Player, centre: str, approver: str) -> None:
    _soon(p)
    review_on = (p.now + dt.timedelta(days=p.dice.randint(9, 40))).date()
    p.act("shelve", centre, review_on=review_on.isoformat())
    _soon(p)
    p.decide(approver)


def _soon(p: Player) -> None:
    p.pass_to(p.now + dt.timedelta(seconds=p.dice.uniform(40, 160)))


ABANDONED: dict[str, Course] = {
    f"left_{status}_{level}": Course(f"left_{status}_{level}", _leave(status, level), 0, calm, PLAIN, (status, level))
    for level in ("street", "district")
    for status in STATUSES
}

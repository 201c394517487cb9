"""Two who change one roster at the same moment: one waits for the other, and no deadlock is broken up."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from dispatch.errors import NotVisible, RosterRefused
from dispatch.models import Shift, ShiftTemplate, Swap, Watch
from dispatch.rules.rosters import Span
from dispatch.services import (
    answer_swap,
    ask_swap,
    assign,
    copy_week,
    swaps,
    take_leave,
    unassign,
    watches,
)
from grids.models import Membership
from lianqin.kernel.actors import Actor
from tests.cast import Cast, SmallGround
from tests.dispatch.rosters import shift_at, watch
from tests.workorders.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = dt.timedelta(days=7)
APART = 0.3  # Seconds that the first who has a lock leaves to the other to take one, too.


def said(job: Callable[[], Any]) -> Callable[[], Any]:
    """What came of it: a refusal is an answer, a deadlock is none."""

    def run() -> Any:
        try:
            return job()
        except RosterRefused as refusal:
            return refusal.code
        except NotVisible:
            return "gone"

    return run


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let everybody wait a moment for the other, once they have what ``module.name`` takes."""
    real, met, seen = getattr(module, name), threading.Barrier(2), threading.local()

    def taken(*args: Any) -> Any:
        found = real(*args)
        if not getattr(seen, "already", False):
            seen.already = True
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(APART)
        return found

    monkeypatch.setattr(module, name, taken)


def meeting_between_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everybody wait a moment once they have the first person of several, or the first of several times."""
    met, seen = threading.Barrier(2), threading.local()
    real = CursorWrapper.execute

    def execute(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        found = real(self, sql, params)
        if "pg_advisory_xact_lock" in str(sql) and not getattr(seen, "already", False):
            seen.already = True
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(APART)
        return found

    monkeypatch.setattr(CursorWrapper, "execute", execute)


def test_a_consent_and_a_removal(cast: Cast, small_ground: SmallGround, monkeypatch: pytest.MonkeyPatch) -> None:
    ShiftTemplate.objects.create(unit=small_ground.sub_center, name="值守", swap_needs_approval=False)
    mine = watch(shift_at(small_ground.sub_center, 10), cast.user("street_dispatcher"))
    asker, partner = cast.street_dispatcher, cast.street_dispatcher2
    swap = ask_swap(watch_id=mine.pk, partner_id=partner.user_id or 0, partner_watch_id=None, reason="", by=asker)
    meeting(monkeypatch, swaps, "people_locked")
    meeting(monkeypatch, watches, "watch_locked")
    consented, removed = at_once(
        [
            said(lambda: answer_swap(swap_id=swap.pk, consents=True, by=partner).state),
            said(lambda: unassign(watch_id=mine.pk, by=asker) and "removed"),
        ]
    )
    assert removed in ("removed", "watch_moved")
    assert consented in ("done", "gone")
    assert Watch.objects.count() == (1 if removed == "watch_moved" else 0)


def test_two_ask_each_other(cast: Cast, small_ground: SmallGround, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = watch(shift_at(small_ground.sub_center, 10), cast.user("street_dispatcher"))
    theirs = watch(shift_at(small_ground.sub_center, 50), cast.user("street_dispatcher2"))
    one, other = cast.street_dispatcher, cast.street_dispatcher2
    meeting(monkeypatch, swaps, "_watch")

    def ask(given: Watch, wanted: Watch, by: Actor, partner: Actor) -> Callable[[], Any]:
        return said(
            lambda: ask_swap(
                watch_id=given.pk, partner_id=partner.user_id or 0, partner_watch_id=wanted.pk, reason="", by=by
            ).state
        )  # fmt: skip

    assert at_once([ask(mine, theirs, one, other), ask(theirs, mine, other, one)]) == ["asked", "asked"]
    assert Swap.objects.count() == 2


def test_an_assignment_and_a_copied_week(
    cast: Cast, small_ground: SmallGround, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = shift_at(small_ground.sub_center, 10)
    last = Shift.objects.create(
        unit=small_ground.sub_center, name=shift.name, starts_at=shift.starts_at - WEEK, ends_at=shift.ends_at - WEEK,
        needed={}, published_at=shift.published_at,
    )  # fmt: skip
    user, by = cast.user("street_dispatcher"), cast.street_dispatcher
    watch(last, user)
    monday = timezone.localdate(shift.starts_at)
    monday -= dt.timedelta(days=monday.weekday())
    meeting(monkeypatch, watches, "people_locked")
    meeting(monkeypatch, watches, "shift_locked")
    assigned, copied = at_once(
        [
            said(lambda: assign(shift_id=shift.pk, user_id=user.pk, post="dispatcher", by=by).state),
            said(lambda: len(copy_week(unit=small_ground.sub_center, monday=monday, by=by))),
        ]
    )
    assert (assigned, copied in (0, 1)) == ("planned", True)
    assert list(Watch.objects.filter(shift=shift).values_list("user_id", flat=True)) == [user.pk]


def test_a_leave_and_a_swap_with_the_deputy(
    cast: Cast, small_ground: SmallGround, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deputy has the lower key: whoever locks the absent first and the deputy later meets the swap crosswise."""
    deputy, absent = cast.user("street_dispatcher"), cast.user("street_dispatcher2")
    assert deputy.pk < absent.pk
    principal = Membership.objects.get(user=absent)
    Membership.objects.filter(user=deputy).update(standing="b_role", deputy_of=principal)
    mine = watch(shift_at(small_ground.sub_center, 10), absent)
    theirs = watch(shift_at(small_ground.sub_center, 60), deputy)
    meeting_between_people(monkeypatch)
    span = Span(mine.shift.starts_at - dt.timedelta(hours=1), mine.shift.ends_at)
    left, asked = at_once(
        [
            said(lambda: len(take_leave(user=absent, span=span, by=cast.street_dispatcher2).freed)),
            said(
                lambda: (
                    ask_swap(
                        watch_id=theirs.pk,
                        partner_id=absent.pk,
                        partner_watch_id=None,
                        reason="",
                        by=cast.street_dispatcher,
                    ).state
                )
            ),
        ]
    )
    assert (left, asked) == (1, "asked")
    assert Watch.objects.filter(shift=mine.shift, user=deputy, state="planned").exists()

"""Public notices of candidates: the window by the clock, objections, and who may end it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from grids import services
from grids.errors import NoticeNotOver, NoticeOver, ObjectionOpen, StewardMoveNotAllowed
from grids.models import Objection, PublicNotice, Recruitment
from grids.services import today
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import Cast
from tests.grids.test_steward_steps import applicant, call, interviewed, shown, state_of, step
from tests.workorders.conftest import shift

__all__ = ["call", "shift"]


def test_a_notice_lasts_full_days_by_the_clock(
    cast: Cast, call: Recruitment, shift: Callable[[dt.timedelta], None]
) -> None:
    steward = interviewed(cast, call)
    notice = shown(cast, steward)
    assert notice.days == 5
    local = notice.ends_at.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert (local.hour, local.minute, local.date()) == (0, 0, today() + dt.timedelta(days=6))
    left = notice.ends_at - clock.now()
    shift(left - dt.timedelta(seconds=30))
    assert services.end_notices() == 0
    with pytest.raises(NoticeNotOver):  # Not even the platform itself may be early.
        services.advance_steward(steward_id=steward.pk, action="end_notice", by=SYSTEM)
    step(cast, steward, "object", reason="不住在本小区")
    shift(dt.timedelta(seconds=31))
    with pytest.raises(NoticeOver):
        step(cast, steward, "object", reason="来晚了")
    assert services.end_notices() == 0  # Something is open against him.
    with pytest.raises(ObjectionOpen):
        services.advance_steward(steward_id=steward.pk, action="end_notice", by=SYSTEM)
    step(cast, steward, "dismiss_objection", objection_id=Objection.objects.get().pk, reason="经核实居住满三年")
    assert services.end_notices() == 1
    assert state_of(steward) == "training"
    notice.refresh_from_db()
    assert notice.ended_at is not None


def test_no_officer_ends_a_notice(cast: Cast, call: Recruitment, shift: Callable[[dt.timedelta], None]) -> None:
    steward = interviewed(cast, call)
    shown(cast, steward)
    shift(dt.timedelta(days=30))
    with pytest.raises(NotAllowed):
        step(cast, steward, "end_notice")
    assert state_of(steward) == "on_notice"


def test_the_database_itself_refuses_a_short_notice(cast: Cast, call: Recruitment) -> None:
    notice = shown(cast, interviewed(cast, call))
    for change in ({"ended_at": clock.now()}, {"ends_at": notice.starts_at + dt.timedelta(days=4)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicNotice.objects.filter(pk=notice.pk).update(**change)


def test_a_notice_may_be_longer_never_shorter(cast: Cast, call: Recruitment) -> None:
    steward = interviewed(cast, call)
    for days in (4, 61):
        with pytest.raises(Invalid) as refused:
            shown(cast, steward, days=days)
        assert list(refused.value.fields) == ["days"]
    assert shown(cast, steward, days=7).days == 7


def test_an_upheld_objection_refuses(cast: Cast, call: Recruitment, shift: Callable[[dt.timedelta], None]) -> None:
    one, other = interviewed(cast, call), interviewed(cast, call, name="李二", phone="13800000002")
    shown(cast, one, other)
    step(cast, one, "object", reason="材料不实", said_by="居民")
    objection = Objection.objects.get()
    with pytest.raises(Invalid):  # Another's objection.
        step(cast, other, "uphold_objection", objection_id=objection.pk, reason="属实")
    step(cast, one, "uphold_objection", objection_id=objection.pk, reason="属实")
    shift(dt.timedelta(days=7))
    assert services.end_notices() == 1
    assert (state_of(one), state_of(other)) == ("refused", "training")
    objection.refresh_from_db()
    assert (objection.state, objection.finding) == ("upheld", "属实")


def test_all_or_none_go_on_a_notice(cast: Cast, call: Recruitment) -> None:
    ready, waiting = interviewed(cast, call), applicant(cast, call, "李二", "13800000002")
    with pytest.raises(StewardMoveNotAllowed):
        shown(cast, ready, waiting)
    assert (state_of(ready), PublicNotice.objects.count()) == ("interviewed", 0)

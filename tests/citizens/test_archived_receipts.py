"""A receipt whose order has gone to the archive still tells how it ended, and offers nothing any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

import insight.services
from relay.services import drain
from tests.citizens.test_following import Report
from tests.memory import forget
from tests.workorders.conftest import Desk
from tests.workorders.test_archive import DURING, MONTH, quiet, to
from workorders import services
from workorders.models import WorkOrder
from workorders.services import archive
from workorders.services.partitions import keep_partitions

LAST_DAY = dt.datetime(2031, 3, 31, 2, tzinfo=dt.UTC)
DEEDS = ('value="contest"', 'value="reopen"', 'value="comment"', 'value="withdraw"', 'value="answer"')


@pytest.fixture(autouse=True)
def _in_march(shift: object) -> Iterator[None]:
    forget()
    to(DURING)
    keep_partitions()
    yield
    forget()


def declined(desk: Desk) -> Report:
    found = Report(desk, title="邻居家的狗叫")
    found.do("decline", "street_dispatcher", reason="不属于城市管理范围")
    request = found.order.requests.get()
    services.decide(request_id=request.pk, approve=True, by=desk.cast.street_dispatcher2, answer="同意")
    return found


def offered(page: str) -> list[str]:
    return [deed for deed in DEEDS if deed in page]


def test_years_later_the_code_still_tells_how_it_ended(desk: Desk) -> None:
    closed, refused = Report(desk), declined(desk)
    closed.close()
    quiet()
    archive.archive_month(month=MONTH)
    assert not WorkOrder.objects.filter(archived_at=None).exists()
    page = closed.page()
    assert ("已经办结" in page, "已换灯泡" in page, "13812345678" in page) == (True, True, False)
    assert offered(page) == []
    page = refused.page()
    assert ("不属于城市管理范围" in page, offered(page)) == (True, [])


def test_what_is_in_the_archive_is_contested_no_more(desk: Desk) -> None:
    to(LAST_DAY)
    refused = declined(desk)
    assert offered(refused.page()) == ['value="contest"']
    to(LAST_DAY + dt.timedelta(days=1))
    drain()
    insight.services.fold()
    archive.archive_month(month=MONTH, early=True)
    assert offered(refused.page()) == []
    assert refused.post(do="contest", words="灯确实不亮") in (403, 404, 409)
    assert refused.now().status == "declined"

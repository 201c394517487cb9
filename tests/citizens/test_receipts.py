"""Whoever brings a receipt follows one order; whoever brings none, nothing."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from citizens import services
from citizens.models import Receipt
from citizens.rules import codes
from grids.selectors.people import passer_by
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.api.histories import history
from workorders.errors import NotAllowed, NotVisible
from workorders.models import WorkOrder

KEY = uuid.UUID("7a6e3c1e-0000-4000-8000-000000000001")


def told(desk: Desk) -> WorkOrder:
    order, new = work.report(
        by=passer_by(),
        data={"title": "路灯不亮", "source": "citizen", "category": "T01", "lon": HERE[0], "lat": HERE[1]},
    )
    assert new
    return order


def closed(desk: Desk, order: WorkOrder) -> WorkOrder:
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead="320999001-urban_management")
    order = desk.do(order, "acknowledge", desk.cast.handler)
    order = desk.do(order, "submit_result", desk.cast.handler, result="已更换灯泡")
    return desk.do(order, "verify", desk.cast.street_dispatcher)


def test_codes_are_read_however_they_are_typed() -> None:
    code = codes.code_of("secret", KEY)
    assert (len(code), codes.code_of("other", KEY) == code) == (12, False)
    spelled = codes.spelled("0ABC1DEFVGHJ")
    assert spelled == "0ABC-1DEF-VGHJ"
    assert [codes.read(typed) for typed in (spelled.lower(), " oabc idef ughj ", "\uff10ABC1DEFVGHJ", "0ABC", "")] == [
        "0ABC1DEFVGHJ", "0ABC1DEFVGHJ", "0ABC1DEFVGHJ", "", "",
    ]  # fmt: skip


def test_a_device_that_sends_again_is_given_the_same_code(desk: Desk) -> None:
    order = told(desk)
    receipt, code = services.open_receipt(order_id=order.pk, client_key=KEY)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.open_receipt(order_id=order.pk, client_key=KEY)
    assert services.receipt_by_key(KEY) == (receipt, code)
    assert services.receipt_by_code(codes.spelled(code)).order_id == order.pk
    assert code not in str(Receipt.objects.values())
    with pytest.raises(NotVisible):
        services.receipt_by_code("0000-0000-0000")


def test_a_code_outlives_its_secret(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_RECEIPT_KEYS = ["old"]
    _receipt, code = services.open_receipt(order_id=told(desk).pk, client_key=KEY)
    settings.LIANQIN_RECEIPT_KEYS = ["new", "old"]
    again = services.receipt_by_key(KEY)
    assert again is not None
    assert again[1] == code


def test_a_passer_by_reports_and_nobody_knows_who_it_was(desk: Desk) -> None:
    order = told(desk)
    assert (order.source, order.reporter_id) == ("citizen", None)
    (line,) = history(order, desk.cast.street_dispatcher)
    assert (line["kind"], line["is_machine"]) == ("report", False)
    with pytest.raises(NotVisible):
        desk.do(order, "withdraw", passer_by(), reason="算了")


def test_who_brings_the_receipt_contests_and_reopens_that_order_alone(desk: Desk) -> None:
    order, other = told(desk), closed(desk, told(desk))
    receipt, _code = services.open_receipt(order_id=order.pk, client_key=KEY)
    follower = services.follower(receipt)
    with pytest.raises(NotAllowed):
        desk.do(order, "register", follower, conditions_confirmed=True)
    order = closed(desk, order)
    with pytest.raises(NotVisible):
        desk.do(other, "reopen", follower, reason="还是不亮")
    order = desk.do(order, "reopen", follower, reason="还是不亮")
    assert (order.status, order.level) == ("registered", "district")


def test_who_joined_follows_and_changes_nothing(desk: Desk) -> None:
    order = closed(desk, told(desk))
    receipt, _code = services.open_receipt(order_id=order.pk, client_key=KEY, joined=True)
    with pytest.raises(NotVisible):
        desk.do(order, "reopen", services.follower(receipt), reason="还是不亮")

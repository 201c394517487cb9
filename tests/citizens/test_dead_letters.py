"""What no program could read is brought to people, and its platform hears when they gave it up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from citizens.models import IntakeMessage
from dispatch.models import Notice
from tests.citizens.platforms import call
from tests.citizens.test_platform_desk import client, dead
from tests.workorders.conftest import Desk


def test_the_centre_hears_of_letters_once_an_hour(desk: Desk, shift: Any) -> None:
    sender = dead(desk)
    sender.send(call("GD-2", content="井盖破损"))
    (notice,) = Notice.objects.filter(kind="letters_wait")
    assert (notice.unit, notice.url) == (desk.ground.command_center, "/citizen-desk/letters/")
    assert notice.facts == {"platform": "12345 热线"}
    shift(dt.timedelta(hours=1))
    sender.send(call("GD-3", content="井盖又破损"), late=-3600)
    assert Notice.objects.filter(kind="letters_wait").count() == 2


def test_a_platform_that_asks_again_hears_that_its_message_was_given_up(desk: Desk) -> None:
    sender = dead(desk)
    address = f"/citizen-desk/letters/{IntakeMessage.objects.get().pk}/"
    client(desk, "district_dispatcher").post(address, {"act": "discard", "reason": "内部：测试件"})
    answer = sender.send(call("GD-1"))
    assert (answer.status_code, answer.json()["state"], answer.json()["number"]) == (200, "discarded", None)
    assert "内部" not in answer.content.decode()

"""Messages sent by the processes that production runs: killed in the middle, and several at once."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from django.db import transaction

from lianqin.kernel import clock
from lianqin.local.processes import wait_until
from lianqin.local.programs import manage
from relay.models import Channel, OutgoingMessage
from relay.services import queue_message
from relay.transports.sealing import seal
from tests.live import Platform
from tests.relay.receivers import Receiver, Reply, receivers

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]


def queue(robot: Receiver, keys: list[str]) -> None:
    with transaction.atomic():
        channel = Channel.objects.create(
            kind="webhook", name=robot.address, address=robot.address, active=True, rate_per_minute=600, owner="u:1",
            sealed=seal({"secret": "w"}),
        )  # fmt: skip
        for key in keys:
            queue_message(channel=channel, key=key, template="t", subject="s", text="t")


def test_killed_while_it_sends_and_several_at_once(platform: Platform) -> None:
    clock.install_shiftable_clock()
    local = {"LIANQIN_MESSAGE_HOSTS": "http://127.0.0.1:*"}
    command = manage(sys.executable, "run_relay")
    with receivers() as make:
        slow = make(Reply(wait=8), Reply())
        queue(slow, ["killed"])
        first = platform.run("first", command, **local)
        assert wait_until(lambda: len(slow.asked) == 1, 60), platform.logs()
        assert first.popen is not None
        first.popen.kill()
        first.popen.wait()

        quick = make()
        queue(quick, [f"k{number}" for number in range(30)])
        for name in ("second", "third"):
            platform.run(name, command, **local)
        sent = OutgoingMessage.objects.filter(state="sent")
        assert wait_until(lambda: sent.count() == 30, 60), platform.logs()
        clock.shift(dt.timedelta(seconds=61))
        assert wait_until(lambda: sent.count() == 31, 60), platform.logs()
    assert [asked.key for asked in slow.asked] == ["killed", "killed"], "the same key, nothing else"
    assert sorted(asked.key for asked in quick.asked) == sorted(f"k{number}" for number in range(30)), "each once"

"""Sixty appeals over a line that is cut, while each of our processes dies once: sixty orders, each told back once."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from catalogue import revisions
from citizens.management.platforms.appeals import made_up
from citizens.management.platforms.ledger import Ledger
from citizens.management.platforms.sender import Sender
from citizens.management.platforms.server import Returns
from citizens.models import ReturnMessage, ReturnState
from citizens.seeding.platforms import open_platforms
from lianqin.kernel import clock
from lianqin.local.processes import Process, free_port, wait_until
from relay.models import Delivery, DeliveryState
from tests.cast import Cast
from tests.live import Platform
from workorders.models import WorkOrder

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]
CODE, APPEALS = "hotline_12345", 60
PATIENCE_SECONDS = 90


@pytest.fixture
def theirs(platform: Platform, django_db_blocker: Any, tmp_path: Path) -> Iterator[tuple[Sender, Returns]]:
    """A platform with a line to us and one from us; both misbehave. What is written here the processes see."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        revisions.forget()
        patch.setattr("django.conf.settings.LIANQIN_MESSAGE_HOSTS", ["http://127.0.0.1:*"])
        port, ledger, cast = free_port(), Ledger(tmp_path / "ledger.sqlite"), Cast()
        address = {CODE: f"http://127.0.0.1:{port}/returns"}
        key = open_platforms(admin=cast.sysadmin, second=cast.commander, returns=address)[CODE]
        signs: dict[str, Any] = {"key_id": key["key"], "secret": key["secret"], "algorithm": key["algorithm"]}
        server = Returns(port, ledger=ledger, trouble=0.1, seed=1, **signs)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sender = Sender(
            platform=CODE, address=platform.address, ledger=ledger, rate=30, repeat=0.3, trouble=0.2, **signs
        )
        yield sender, server
        sender.stopping.set()
        server.shutdown()
        server.server_close()


def test_nothing_is_lost_and_nothing_done_twice(platform: Platform, theirs: tuple[Sender, Returns]) -> None:
    sender, _server = theirs
    ledger = sender.ledger
    processes = {name: platform.start(name) for name in ("web", "relay", "worker", "beat")}
    appeals = list(islice(made_up("T", random.Random(1), None), APPEALS))
    sending = threading.Thread(target=sender.run, args=(appeals,), kwargs={"lines": 3})
    sending.start()
    for number, (name, process) in enumerate(processes.items(), start=1):
        # Each in the middle of its work: the next once more has arrived.
        assert wait_until(partial(_has_answers, ledger, number * 8), PATIENCE_SECONDS), platform.logs()
        _kill(process)
        platform.start(name)
    _let_leases_end()
    sending.join(PATIENCE_SECONDS)
    assert wait_until(partial(_is_told, ledger), PATIENCE_SECONDS), platform.logs()
    figures = ledger.figures()
    assert (WorkOrder.objects.count(), figures["answered"], figures["differing"]) == (APPEALS, APPEALS, 0)
    assert figures["repeats"] > 0
    assert {"cut_half", "cut_unheard"} <= figures["trouble"].keys()
    assert figures["returned"]["accepted"][0] == ReturnMessage.objects.count() == APPEALS


def _has_answers(ledger: Ledger, least: int) -> bool:
    return bool(ledger.figures()["answered"] >= least)


def _is_told(ledger: Ledger) -> bool:
    """Whether every order was told back; what failed is tried again at once, and not after its pause."""
    ReturnMessage.objects.filter(state=ReturnState.FAILED).update(next_at=clock.now())
    return len(ledger.refs_with("accepted")) == APPEALS


def _kill(process: Process) -> None:
    process.signal(signal.SIGKILL)
    process.finish(0)


def _let_leases_end() -> None:
    """What the dead had at hand is free at once, and not after their half minute."""
    now = clock.now()
    ReturnMessage.objects.filter(state=ReturnState.SENDING).update(next_at=now)
    Delivery.objects.filter(state=DeliveryState.LEASED).update(next_at=now)

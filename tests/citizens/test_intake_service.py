"""Sixty appeals over a line that is cut, while each of our processes dies once: sixty orders, each told back once."""

from __future__ import annotations

import random
import signal
import threading
import time
from itertools import islice
from pathlib import Path

import pytest

from citizens.management.platforms.appeals import made_up
from citizens.management.platforms.ledger import Ledger
from citizens.management.platforms.sender import Sender
from citizens.management.platforms.server import Returns
from citizens.models import ReturnMessage
from citizens.seeding.platforms import open_platforms
from lianqin.local.processes import free_port, wait_until
from tests.cast import Cast
from tests.live import Platform
from workorders.models import WorkOrder

pytestmark = [pytest.mark.service, pytest.mark.timeout(120)]
CODE, APPEALS = "hotline_12345", 60


def test_nothing_is_lost_and_nothing_done_twice(platform: Platform, cast: Cast, tmp_path: Path) -> None:
    port, ledger = free_port(), Ledger(tmp_path / "ledger.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.LIANQIN_MESSAGE_HOSTS", ["http://127.0.0.1:*"])
        returns = {CODE: f"http://127.0.0.1:{port}/returns"}
        key = open_platforms(admin=cast.sysadmin, second=cast.commander, returns=returns)[CODE]
    server = Returns(
        port, ledger=ledger, key_id=key["key"], secret=key["secret"], algorithm=key["algorithm"], trouble=0.1, seed=1
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    processes = {name: platform.start(name) for name in ("web", "relay", "worker", "beat")}
    sender = Sender(
        platform=CODE, address=platform.address, ledger=ledger, key_id=key["key"], secret=key["secret"],
        algorithm=key["algorithm"], rate=30, repeat=0.3, trouble=0.2,
    )  # fmt: skip
    appeals = list(islice(made_up("T", random.Random(1), None), APPEALS))
    sending = threading.Thread(target=sender.run, args=(appeals,), kwargs={"lines": 3})
    sending.start()
    try:
        for name, process in processes.items():
            time.sleep(0.5)
            process.signal(signal.SIGKILL)
            process.finish(0)
            platform.start(name)
        sending.join(40)
        assert wait_until(lambda: len(ledger.refs_with("accepted")) == APPEALS, 40), platform.logs()
    finally:
        sender.stopping.set()
        server.shutdown()
        sending.join(5)
    figures = ledger.figures()
    assert (WorkOrder.objects.count(), figures["answered"], figures["differing"]) == (APPEALS, APPEALS, 0)
    assert figures["repeats"] > 0
    assert {"cut_half", "cut_unheard"} <= figures["trouble"].keys()
    assert figures["returned"]["accepted"][0] == ReturnMessage.objects.count() == APPEALS

"""One report however often and however fast it is sent, and each of its files once, whoever dies meanwhile."""

from __future__ import annotations

import io
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from citizens import services
from citizens.models import Receipt, Upload, UploadState
from citizens.services import examining, quarantine
from citizens.services.quarantine import Incoming
from grids.selectors.people import passer_by
from lianqin.local.processes import wait_until
from tests.live import Platform
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment, Event, WorkOrder

TOLD = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1]}


def waiting(side: int = 640) -> Incoming:
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(out, "JPEG", quality=90)
    name = uuid.uuid4().hex
    path = quarantine.place_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    return Incoming(name, "image", path.stat().st_size)


@pytest.mark.django_db(transaction=True)
def test_a_key_sent_by_many_at_once_is_one_report(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    key, start = uuid.uuid4(), threading.Barrier(6)
    given: list[tuple[int, str]] = []

    def send() -> None:
        files = [waiting(64)]
        start.wait()
        try:
            receipt, code = services.report_publicly(by=passer_by(), client_key=key, told=TOLD, uploads=files)
            given.append((receipt.pk, code))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(given), len(set(given))) == (6, 1)
    assert (WorkOrder.objects.count(), Receipt.objects.count(), Upload.objects.count()) == (1, 1, 1)
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1, "the files of the others are gone"


@pytest.mark.service
@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_while_it_looks_costs_nothing(platform: Platform, settings: Any) -> None:
    settings.MEDIA_ROOT = platform.folder / "media"
    platform.start("relay")
    worker = platform.start("worker")
    told = {"words": "路灯不亮", "address": "人民路 5 号"}
    files = [waiting(1800), *[waiting(64) for _ in range(3)]]
    receipt, _code = services.report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told, uploads=files)
    assert wait_until(lambda: Upload.objects.filter(leased_until__isnull=False, state="waiting").exists(), 30)
    worker.finish(0)
    held = Upload.objects.filter(state=UploadState.WAITING)
    held_by_nobody = held.count()
    assert held_by_nobody, "it died before it was done"
    # Its lease would run out in a minute and a half.
    held.exclude(leased_until=None).update(leased_until="2026-01-01T00:00:00Z")
    assert examining.examine_waiting() == held_by_nobody
    assert Upload.objects.filter(state=UploadState.ATTACHED).count() == 4, platform.logs()
    assert Attachment.objects.filter(order=receipt.order).count() == 4
    assert Event.objects.filter(order=receipt.order, kind="attach").count() == 4
    assert list(quarantine.place_of("00").parent.parent.glob("*/*")) == []

"""A platform's spreadsheet becomes orders: looked through first, then each row once, however often it is begun."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from citizens.models import BatchRow, IntakeBatch, IntakeMessage
from citizens.services import batches as taking
from citizens.services.batches import apply_batches, purge_batches
from citizens.services.intake import take_told
from lianqin.kernel import clock
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import Desk
from workorders.models import Event, WorkOrder

HEAD = "对方单号,标题,内容,地址,经度,纬度,事项,紧急程度,反映人,联系电话,上报时间,备注\n"
GOOD = "GD-1,路灯不亮,晚上一片漆黑,南里,118.61,32.053,,紧急,王某某,025-55500001,2026-11-22 08:00,内部\n"
PLAIN = "GD-2,,井盖破损。请来看看,,,,,,,,,\n"


def clerk(desk: Desk) -> Client:
    found = Client()
    found.force_login(desk.cast.user("district_dispatcher"))
    return found


def uploaded(desk: Desk, text: str, name: str = "十一月.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode("gb18030"))
    return clerk(desk).post("/citizen-desk/batches/", {"platform": "hotline_12345", "file": file})


def do(desk: Desk, act: str) -> IntakeBatch:
    batch = IntakeBatch.objects.latest("id")
    clerk(desk).post(f"/citizen-desk/batches/{batch.pk}/", {"act": act})
    batch.refresh_from_db()
    return batch


def page(desk: Desk) -> str:
    pk = IntakeBatch.objects.latest("id").pk
    text: str = clerk(desk).get(f"/citizen-desk/batches/{pk}/").content.decode()
    return text


def test_rows_become_orders_once_and_are_forgotten_here(desk: Desk) -> None:
    opened(desk, "hotline_12345")
    assert uploaded(desk, HEAD + GOOD + PLAIN).status_code == 302
    shown = page(desk)
    assert ("导入 2 行" in shown, "未采用的列：备注" in shown, "55500001" in shown) == (True, True, False)
    assert "55500001" not in BatchRow.objects.get(number=2).sealed
    assert WorkOrder.objects.count() == 0
    assert do(desk, "start").state == "applying"
    pk = IntakeBatch.objects.get().pk
    progress = clerk(desk).get(f"/citizen-desk/batches/{pk}/progress/").json()
    assert progress == {"running": True, "total": 2, "done": 0}
    assert apply_batches() == 2
    assert apply_batches() == 0
    orders = WorkOrder.objects.select_related("text").order_by("external_ref")
    told = [(o.external_ref, o.source, o.text.title, o.urgency, o.street_id is not None) for o in orders]
    assert told == [
        ("GD-1", "hotline_12345", "路灯不亮", "urgent", True),
        ("GD-2", "hotline_12345", "井盖破损", "normal", False),
    ]
    message = IntakeMessage.objects.get(external_ref="GD-1")
    assert (message.way, message.reported_at) == ("sheet", dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC))
    assert list(BatchRow.objects.values_list("outcome", "sealed")) == [("new", ""), ("new", "")]
    assert IntakeBatch.objects.get().state == "applied"
    assert orders[0].number in page(desk)


def test_what_came_through_the_door_is_known_in_a_file(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    first = sender.send(call("GD-1")).json()["number"]
    uploaded(desk, HEAD + "GD-1,路灯不亮,又坏了两盏,,,,,,,,,\n" + PLAIN + PLAIN)
    assert [row.is_known for row in BatchRow.objects.all()] == [True, False, True]
    do(desk, "start")
    apply_batches()
    assert list(BatchRow.objects.values_list("outcome", flat=True)) == ["changed", "new", "repeated"]
    kinds = Event.objects.filter(order__number=first).values_list("kind", flat=True)
    assert (WorkOrder.objects.count(), list(kinds)) == (2, ["report", "comment"])


def test_a_row_that_its_order_cannot_take_holds_up_no_other(desk: Desk) -> None:
    opened(desk, "hotline_12345").send(call("GD-1"))
    WorkOrder.objects.update(archived_at=clock.now())
    uploaded(desk, HEAD + "GD-1,路灯不亮,又坏了两盏,,,,,,,,,\n" + PLAIN)
    do(desk, "start")
    assert apply_batches() == 2
    assert list(BatchRow.objects.values_list("outcome", flat=True)) == ["dead", "new"]


def test_faults_stand_beside_their_cells_and_nothing_is_taken_in_part(desk: Desk) -> None:
    opened(desk, "hotline_12345")
    wrong = ",,,,118.61,,没有,很急,,,昨天,\n"
    uploaded(desk, HEAD + GOOD + wrong)
    row = BatchRow.objects.exclude(errors={}).get()
    assert row.number == 3
    assert row.errors == {
        "external_ref": ["请填写对方单号"],
        "title": ["标题和内容至少填写一项"],
        "category": ["没有这个事项，请按“填写说明”填写或留空"],
        "urgency": ["应为一般、紧急或特急"],
        "reported_at": ["应如 2026-11-22 08:30"],
        "lat": ["经度和纬度要一起填写"],
    }
    shown = page(desk)
    assert ("有 1 行需要更正" in shown, "应为一般、紧急或特急" in shown, "路灯不亮" in shown) == (True, True, False)
    assert do(desk, "start").state == "checked"
    assert apply_batches() == 0
    assert (do(desk, "drop").state, BatchRow.objects.count()) == ("dropped", 0)


def test_it_stops_goes_on_and_survives_a_worker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(desk, "hotline_12345")
    uploaded(desk, HEAD + "".join(f"GD-{n},路灯不亮,,,,,,,,,,\n" for n in range(4)))
    do(desk, "start")
    # A worker dies in the middle of the second row: what it began is undone with it, and its lease runs out.
    calls = []

    def dying(**told: Any) -> Any:
        calls.append(told)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take_told(**told)

    monkeypatch.setattr(taking, "take_told", dying)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        apply_batches()
    monkeypatch.setattr(taking, "take_told", take_told)
    IntakeBatch.objects.update(leased_until=None)
    assert do(desk, "stop").state == "cancelled"
    assert apply_batches() == 0
    assert "继续导入" in page(desk)
    do(desk, "start")
    apply_batches()
    assert sorted(WorkOrder.objects.values_list("external_ref", flat=True)) == ["GD-0", "GD-1", "GD-2", "GD-3"]


def test_files_that_are_none_are_refused_with_a_remedy(desk: Desk) -> None:
    opened(desk, "hotline_12345")
    for text, name, words in (
        ("", "a.csv", "文件是空的"),
        ("单号,事由\n1,路灯\n", "a.csv", "没有“对方单号”这一列"),
        (HEAD, "a.csv", "表头下面没有内容"),
        ("x", "a.pdf", "不支持 .pdf 文件"),
    ):
        answer = uploaded(desk, text, name)
        assert (answer.status_code, words in answer.content.decode()) == (400, True), words
    assert clerk(desk).post("/citizen-desk/batches/", {"platform": "hotline_12345"}).status_code == 400
    assert IntakeBatch.objects.count() == 0


def test_a_template_says_what_may_stand_where(desk: Desk) -> None:
    opened(desk, "hotline_12345")
    answer = clerk(desk).get("/citizen-desk/batches/template/hotline_12345/")
    book = load_workbook(BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][1]][:4] == ["对方单号*", "标题", "内容", "地址"]
    told = {row[0]: row[1] for row in book.worksheets[1].values}
    assert told["经度"] == "GCJ-02 坐标，和纬度一起填写；不知道可留空"
    assert told["SZ-03"] == "对方代码，对应 0303"
    assert clerk(desk).get("/citizen-desk/batches/template/portal/").status_code == 404


def test_only_who_takes_reports_in_and_not_for_ever(desk: Desk, shift: Any) -> None:
    opened(desk, "hotline_12345")
    for name in ("sysadmin", "street_dispatcher", "outsider"):
        stranger = Client()
        stranger.force_login(desk.cast.user(name))
        assert stranger.get("/citizen-desk/batches/").status_code == 403, name
    uploaded(desk, HEAD + GOOD)
    assert purge_batches() == 0
    shift(dt.timedelta(days=31))
    assert purge_batches() == 1
    assert (BatchRow.objects.count(), IntakeBatch.objects.get().state) == (0, "dropped")

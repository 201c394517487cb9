"""The shop: points and things move together, a voucher is used once, what lies on the shelf is known."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from PIL import Image

from citizens.models import Redemption, Reward, StockMove
from citizens.rules.codes import spelled
from citizens.services.points_keeping import prove_ledger
from citizens.services.redemptions import code_on, expire_vouchers, hand_out, redeem
from citizens.services.shop import count_stock, save_reward
from lianqin.kernel.errors import Conflict, DomainError, NotAllowed
from tests.citizens.points import balance, earn, in_force, thing, voucher
from tests.workorders.conftest import Desk

Shift = Callable[[dt.timedelta], None]
DESK, COUNTER = "/citizen-desk/shop/", "/citizen-desk/vouchers/"


def window(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def rich(desk: Desk) -> Desk:
    in_force(desk.cast)
    earn(desk.cast, times=3)
    return desk


def code_of(made: Redemption) -> str:
    return spelled(code_on(made))


def test_points_are_changed_for_a_voucher_once(rich: Desk) -> None:
    made = thing(rich.cast, stock=2)
    client = window(rich, "citizen")
    page = client.get("/citizen/shop/").content.decode()
    assert "垃圾袋一卷" in page
    assert "<b>30</b>" in page
    address = f"/citizen/shop/{made.key}/"
    key = str(client.get(address).context["client_key"])
    answers = [client.post(address, {"client_key": key}) for _twice in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/citizen/points/vouchers/{Redemption.objects.get().key}/"}
    assert (balance(rich.cast), Reward.objects.get().stock) == (20, 1)
    shown = client.get(answers[0]["Location"]).content.decode()
    assert code_of(Redemption.objects.get()) in shown
    assert "您已经兑过" in client.post(address, {"client_key": str(uuid.uuid4())}).content.decode()
    assert window(rich, "citizen2").get(answers[0]["Location"]).status_code == 404


def test_whoever_is_not_signed_in_may_look(rich: Desk) -> None:
    made = thing(rich.cast)
    client = Client()
    page = client.get(f"/citizen/shop/{made.key}/")
    assert "登录后兑换" in page.content.decode()
    assert "lianqin_session" not in page.cookies
    assert client.post(f"/citizen/shop/{made.key}/", {"client_key": str(uuid.uuid4())})["Location"] == "/citizen/me/"
    assert client.get("/citizen/points/")["Location"] == "/citizen/me/"


def test_refusals_move_nothing(rich: Desk, shift: Shift) -> None:
    cases = {
        "还差 1 分": thing(rich.cast, price=31),
        "刚刚兑完了": thing(rich.cast, stock=0),
        "现在不在兑换时间内": thing(rich.cast, from_at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC)),
    }
    for words, made in cases.items():
        with pytest.raises(DomainError, match=words):
            voucher(rich.cast, made)
    client = window(rich, "citizen")
    answer = client.post(f"/citizen/shop/{cases['还差 1 分'].key}/", {"client_key": str(uuid.uuid4())})
    assert (answer.status_code, "还差 1 分" in answer.content.decode()) == (409, True)
    gone = thing(rich.cast, is_offered=False)
    with pytest.raises(DomainError):
        voucher(rich.cast, gone)
    assert client.get(f"/citizen/shop/{gone.key}/").status_code == 404
    assert client.post(f"/citizen/shop/{gone.key}/", {"client_key": "x"}).status_code == 404
    assert (balance(rich.cast), Redemption.objects.count(), prove_ledger().faults) == (30, 0, [])


def test_a_key_of_somebody_else_gives_nothing(rich: Desk) -> None:
    made, key = thing(rich.cast, stock=2), uuid.uuid4()
    earn(rich.cast, "citizen2")
    redeem(reward_id=made.pk, user_id=rich.cast.user("citizen").pk, client_key=key)
    with pytest.raises(Conflict):
        redeem(reward_id=made.pk, user_id=rich.cast.user("citizen2").pk, client_key=key)
    assert balance(rich.cast, "citizen2") == 10


def test_a_voucher_is_handed_out_once_and_only_where_it_lies(rich: Desk) -> None:
    made = voucher(rich.cast, thing(rich.cast))
    station, other = window(rich, "community_officer"), window(rich, "other_officer")
    assert window(rich, "handler").get(COUNTER).status_code == 403
    assert "这份物品在" in other.get(COUNTER, {"code": code_of(made)}).content.decode()
    assert other.post(COUNTER, {"do": "hand", "code": code_of(made)}).status_code == 403
    page = station.get(COUNTER, {"code": code_of(made).lower()}).content.decode()
    assert "确认发放" in page
    for status in (302, 409):
        assert station.post(COUNTER, {"do": "hand", "code": code_of(made)}).status_code == status
    assert "不能再领" in station.get(COUNTER, {"code": code_of(made)}).content.decode()
    assert "没有这个兑换码" in station.get(COUNTER, {"code": "0000"}).content.decode()
    mine = window(rich, "citizen").post(f"/citizen/points/vouchers/{made.key}/", follow=True)
    assert "不能再用" in mine.content.decode()
    assert (balance(rich.cast), Redemption.objects.get().state) == (20, "handed")


def test_what_is_given_back_returns_to_the_shelf(rich: Desk) -> None:
    shelf = thing(rich.cast)
    made = voucher(rich.cast, shelf)
    page = window(rich, "citizen").post(f"/citizen/points/vouchers/{made.key}/", follow=True).content.decode()
    assert "10 分退回您的账户" in page
    assert (balance(rich.cast), Reward.objects.get().stock) == (30, 1)
    again = voucher(rich.cast, shelf)
    station = window(rich, "community_officer")
    assert station.post(COUNTER, {"do": "cancel", "code": code_of(again)}).status_code == 400
    assert station.post(COUNTER, {"do": "cancel", "code": code_of(again), "reason": "破损"}).status_code == 302
    assert (balance(rich.cast), Reward.objects.get().stock, prove_ledger().faults) == (30, 1, [])


def test_what_nobody_comes_for_returns_by_itself(rich: Desk, shift: Shift) -> None:
    made = voucher(rich.cast, thing(rich.cast))
    assert expire_vouchers() == 0
    shift(dt.timedelta(days=15, minutes=1))
    with pytest.raises(DomainError, match="已过领取期限"):
        hand_out(code=code_of(made), by=rich.cast.community_officer)
    assert (expire_vouchers(), expire_vouchers()) == (1, 0)
    assert (balance(rich.cast), Reward.objects.get().stock, Redemption.objects.get().state) == (30, 1, "expired")
    assert prove_ledger().faults == []


def test_stock_is_received_and_counted_and_never_written_over(rich: Desk) -> None:
    made = thing(rich.cast, stock=5)
    client = window(rich, "supervisor")
    address = f"{DESK}{made.pk}/"
    assert client.post(address, {"do": "count", "found": "4"}).status_code == 400
    assert client.post(address, {"do": "count", "found": "4", "note": "破损一卷"}).status_code == 302
    assert client.post(address, {"do": "count", "found": "4"}).status_code == 302
    assert client.post(address, {"do": "receive", "number": "0"}).status_code == 400
    moves = list(StockMove.objects.order_by("pk").values_list("kind", "delta"))
    assert (moves, Reward.objects.get().stock) == ([("received", 5), ("counted", -1), ("counted", 0)], 4)
    for change in ("UPDATE citizens_reward SET stock = 9", "DELETE FROM citizens_stockmove"):
        with pytest.raises(DatabaseError, match=r"follows|append-only"), transaction.atomic():
            connection.cursor().execute(change)
    with pytest.raises(NotAllowed):
        count_stock(reward_id=made.pk, found=0, note="x", by=rich.cast.other_officer)


def test_a_reward_is_entered_on_the_desk_with_a_picture_made_anew(rich: Desk, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    client = window(rich, "supervisor")
    picture = io.BytesIO()
    Image.new("RGB", (900, 700), "#3a7").save(picture, "PNG")
    told = {
        "do": "save", "name": "洗衣液", "price": "30", "per_person": "2", "kept_days": "10", "is_offered": "on",
        "from_at": "2026-01-01T08:00", "pickup": "320999001001-station",
        "picture": SimpleUploadedFile("a.png", picture.getvalue()),
    }  # fmt: skip
    assert client.post(f"{DESK}new/", told).status_code == 302
    made = Reward.objects.get()
    shown = Client().get(f"/citizen/shop/{made.key}/picture/")
    assert (shown["Content-Type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    wrong = client.post(f"{DESK}new/", {"do": "save", "price": "0", "picture": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert set(wrong.context["wrong"]) >= {"name", "price", "kept_days", "from_at", "pickup", "picture"}
    assert window(rich, "street_dispatcher").get(DESK).status_code == 403


@pytest.mark.parametrize("name", ["from_at", "until_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_times_that_no_calendar_has_close_no_shop(rich: Desk, name: str, moment: str) -> None:
    told = {
        "do": "save", "name": "毛巾一条", "price": "10", "per_person": "1", "kept_days": "7", "is_offered": "on",
        "pickup": "320999001001-station", "from_at": "2026-01-01T00:00", name: moment,
    }  # fmt: skip
    assert window(rich, "supervisor").post(f"{DESK}new/", told).status_code == 400
    assert Client().get("/citizen/shop/").status_code == 200


def test_a_new_price_is_asked_of_nobody_who_saw_the_old_one(rich: Desk) -> None:
    shelf = thing(rich.cast)
    made = voucher(rich.cast, shelf)
    told = {
        "name": shelf.name, "price": 25, "per_person": 1, "kept_days": 15, "from_at": shelf.from_at,
        "until_at": None, "pickup": "320999001001-station", "is_offered": True,
    }  # fmt: skip
    save_reward(reward_id=shelf.pk, told=told, by=rich.cast.commander)
    client = window(rich, "citizen")
    client.post(f"/citizen/points/vouchers/{made.key}/")
    assert balance(rich.cast) == 30
    told = {"client_key": str(uuid.uuid4()), "price": "10"}
    answer = client.post(f"/citizen/shop/{shelf.key}/", told)
    assert (answer.status_code, "改为 25 分" in answer.content.decode(), balance(rich.cast)) == (409, True, 30)
    assert client.post(f"/citizen/shop/{shelf.key}/", {**told, "price": "25"}).status_code == 302
    assert balance(rich.cast) == 5
    assert prove_ledger().faults == []

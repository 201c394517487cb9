"""Who leaves takes their number along: from the account, from what they reported, from what waits to be sent."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from citizens.models import Contact, Receipt
from citizens.rules.codes import spelled
from citizens.services.receipts import code_of_receipt
from citizens.services.telling import tell
from relay.models import Channel, OutgoingMessage
from tests.citizens.test_privacy import _fresh, gateway, own_report, signed_in
from tests.memory import forget
from tests.workorders.conftest import Desk
from workorders.models import ReporterContact

__all__ = ["_fresh", "gateway"]


def test_who_leaves_is_gone_and_the_report_goes_on(desk: Desk, gateway: Channel, client: Client) -> None:
    user = signed_in(client)
    receipt = own_report(user)
    User.objects.filter(pk=user.pk).update(full_name="老王")
    code = spelled(code_of_receipt(receipt))
    assert code in client.get("/citizen/me/leave/").content.decode(), "afterwards nothing else leads to it"
    assert client.post("/citizen/me/leave/", {"word": ""}).status_code == 400
    assert client.post("/citizen/me/leave/", {"word": "注销"})["Location"] == "/citizen/me/left/"
    gone = User.objects.get(pk=user.pk)
    assert (gone.is_active, gone.full_name, gone.phone) == (False, "", "")
    assert not Contact.objects.exists()
    receipt.refresh_from_db()
    assert (receipt.user_id, receipt.order.is_open) == (None, True)
    assert "用手机号登录" in client.get("/citizen/me/").content.decode()
    forget()
    assert signed_in(Client()).pk != user.pk


def test_a_number_left_with_a_report_is_told_of_and_goes_with_who_leaves(
    desk: Desk, gateway: Channel, client: Client
) -> None:
    signed_in(client)
    told = {"words": "路灯不亮", "address": "人民路", "client_key": str(uuid.uuid4()), "agree": "1", "mine": "on"}
    assert client.post("/citizen/report/", told).status_code == 302
    number = Receipt.objects.get().order.number
    kept = json.loads(zipfile.ZipFile(io.BytesIO(client.get("/citizen/me/data/take/").content)).read("data.json"))
    assert {"title": "留给工单的电话（加密保存）", "rows": [[number, "139****1111"]]} in kept["kept"]
    client.post("/citizen/me/leave/", {"word": "注销"})
    assert not ReporterContact.objects.exists(), "the page says that the number is gone at once"


@pytest.mark.usefixtures("small_ground", "gateway")
def test_what_waits_to_be_told_does_not_go_to_who_left(client: Client) -> None:
    user = signed_in(client)
    with transaction.atomic():
        assert tell(user_id=user.pk, key="remind:1", text="明晚巡夜")
    client.post("/citizen/me/leave/", {"word": "注销"})
    left = OutgoingMessage.objects.get(template="citizen_community")
    assert (left.state, left.sealed) == ("suppressed", "")

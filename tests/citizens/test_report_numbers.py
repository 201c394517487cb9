"""A number left with a report: only with consent, proved by a code, sealed with the order, kept off the receipt."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from citizens.models import Consent, PrivacyNotice, Receipt
from citizens.services import report_publicly
from citizens.services.notices import withdraw_consent
from lianqin.kernel.errors import Invalid
from relay.models import Channel, OutgoingMessage
from relay.services.letters import letter
from tests.memory import forget
from tests.workorders.conftest import HERE, Desk
from workorders.models import ReporterContact, WorkOrder
from workorders.services.contacts import opened

REPORT, NUMBER, PHONE = "/citizen/report/", "/citizen/report/number/", "13900001111"


@pytest.fixture(autouse=True)
def gateway(db: Any) -> Channel:
    forget()
    return Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)


def code_sent() -> str:
    _to, text = letter(OutgoingMessage.objects.latest("pk"))
    return text.split("验证码 ")[1][:6]


def told(**more: str) -> dict[str, Any]:
    return {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1], "client_key": str(uuid.uuid4()), **more}


def proof_of(client: Client) -> dict[str, str]:
    key = client.post(NUMBER, {"phone": PHONE, "agree": "1"}).json()["phone_key"]
    found: dict[str, str] = client.post(NUMBER, {"phone_key": key, "code": code_sent()}).json()
    return found


def refused(client: Client, **more: str) -> dict[str, list[str]]:
    answer = client.post(REPORT, told(**more), headers={"accept": "application/json"})
    assert (answer.status_code, WorkOrder.objects.count()) == (400, 0)
    errors: dict[str, list[str]] = answer.json()["errors"]
    return errors


def test_who_leaves_nothing_is_asked_for_no_consent(client: Client, desk: Desk) -> None:
    assert client.post(REPORT, told()).status_code == 302
    assert (ReporterContact.objects.count(), Consent.objects.count()) == (0, 0)


def test_with_a_script_a_code_becomes_a_proof_that_goes_with_the_report(client: Client, desk: Desk) -> None:
    proof = proof_of(client)
    assert (proof["shown"], PHONE in proof["proof"]) == ("139****1111", False)
    answer = client.post(REPORT, told(proof=proof["proof"], agree="1"))
    contact, consent = ReporterContact.objects.get(), Consent.objects.get()
    assert (opened(contact).phone, contact.shown_phone) == (PHONE, "139****1111")
    assert (consent.receipt, consent.user, consent.notice.version) == (Receipt.objects.get(), None, 1)
    page = client.get(answer["Location"]).content.decode()
    assert (PHONE in page, "1111" in page) == (False, False)


def test_without_a_script_the_page_asks_for_the_code_and_keeps_what_was_typed(client: Client, desk: Desk) -> None:
    first = client.post(REPORT, told(phone=PHONE, agree="1", do="code"))
    page = first.content.decode()
    assert (first.status_code, "路灯不亮</textarea>" in page, f'value="{PHONE}"' in page) == (200, True, True)
    key = re.search(r'name="phone_key" value="([^"]+)"', page)
    assert key is not None
    form = told(phone=PHONE, agree="1", phone_key=key[1])
    wrong = client.post(REPORT, {**form, "code": "000000"})
    assert (wrong.status_code, "验证码不对" in wrong.content.decode()) == (400, True)
    form["code"] = code_sent()
    answer, again = client.post(REPORT, form), client.post(REPORT, form)
    assert (answer.status_code, again["Location"]) == (302, answer["Location"]), "its code is used up; the key is known"
    assert opened(ReporterContact.objects.get()).phone == PHONE


def test_nothing_of_who_is_kept_without_consent_to_the_version_in_force(client: Client, desk: Desk) -> None:
    assert client.post(NUMBER, {"phone": PHONE}).status_code == 400
    assert not OutgoingMessage.objects.exists(), "no code is sent before"
    proof = proof_of(client)["proof"]
    for agreed in ("", "2", "on"):
        assert refused(client, proof=proof, agree=agreed) == {"agree": ["请先阅读隐私告知（第 1 版）并勾选同意"]}
    assert not Consent.objects.exists()


def test_a_number_that_nobody_proved_is_not_taken(client: Client, desk: Desk) -> None:
    assert list(refused(client, phone=PHONE, agree="1")) == ["phone"]
    assert list(refused(client, proof=proof_of(client)["proof"] + "x", agree="1")) == ["phone"]
    forget()
    key = client.post(NUMBER, {"phone": PHONE, "agree": "1"}).json()["phone_key"]
    assert list(refused(client, phone="13900002222", phone_key=key, code=code_sent(), agree="1")) == ["phone"]


def test_a_code_is_not_spent_on_a_report_that_is_refused_for_its_words(client: Client, desk: Desk) -> None:
    key = client.post(NUMBER, {"phone": PHONE, "agree": "1"}).json()["phone_key"]
    form = {"phone": PHONE, "phone_key": key, "code": code_sent(), "agree": "1"}
    assert list(refused(client, words=" ", **form)) == ["words"]
    assert client.post(REPORT, told(**form)).status_code == 302


def test_a_code_is_spent_only_when_the_report_is_taken(client: Client, desk: Desk) -> None:
    key = client.post(NUMBER, {"phone": PHONE, "agree": "1"}).json()["phone_key"]
    form = {"phone": PHONE, "phone_key": key, "code": code_sent(), "agree": "1"}
    for _time in range(5):
        assert list(refused(client, category="no-such-category", **form)) == ["category"]
    page = client.post(REPORT, told(category="no-such-category", **form)).content.decode()
    assert (f'value="{form["code"]}"' in page, "验证码不对" in page) == (True, False), "nobody types it twice"
    assert client.post(REPORT, told(**form)).status_code == 302
    again = client.post(REPORT, told(**form), headers={"accept": "application/json"})
    assert (again.status_code, WorkOrder.objects.count()) == (400, 1)
    assert again.json()["errors"] == {"code": ["验证码已过期，请重新获取"]}


def test_who_signed_in_agrees_with_the_first_report(desk: Desk) -> None:
    with pytest.raises(Invalid) as raised:
        report_publicly(by=desk.cast.citizen, client_key=uuid.uuid4(), told=told())
    assert list(raised.value.fields) == ["agree"]
    version = PrivacyNotice.objects.get(effective_at__isnull=False).version
    receipt, _code = report_publicly(by=desk.cast.citizen, client_key=uuid.uuid4(), told=told(agree=str(version)))
    user = desk.cast.user("citizen")
    assert (receipt.user, Consent.objects.filter(receipt=receipt).count()) == (user, 1)
    assert Consent.objects.get(receipt=None).user == user


def test_who_agreed_in_a_report_is_not_asked_again_and_a_first_version_is_no_newer_one(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/citizen/me/").content.decode()
    assert ("请先看看隐私告知" in page, "有了新版本" in page) == (True, False)
    assert client.post(REPORT, told(agree="1")).status_code == 302
    assert "请先看看隐私告知" not in client.get("/citizen/me/").content.decode()
    assert 'name="agree"' not in client.get(REPORT).content.decode()
    assert client.post(REPORT, told(agree="1")).status_code == 302, "on a page that lay open since before"
    assert client.post(REPORT, told()).status_code == 302
    assert Consent.objects.count() == 3, "of the person, and of each report with which they ticked the box"
    withdraw_consent(user_id=desk.cast.user("citizen").pk)
    assert 'name="agree"' in client.get(REPORT).content.decode()
    assert client.post(REPORT, told()).status_code == 400


def test_a_box_is_never_ticked_for_anybody(client: Client, desk: Desk) -> None:
    client.force_login(desk.cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(REPORT).content.decode()
    box = re.search(r'<input type="checkbox" name="agree"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]


def test_what_somebody_else_wrote_on_the_device_is_not_of_who_is_signed_in_now(client: Client, desk: Desk) -> None:
    def writer() -> str:
        found = re.search(r'name="writer" value="([^"]*)"', client.get(REPORT).content.decode())
        assert found is not None
        return found[1]

    nobody = writer()
    client.force_login(desk.cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    mine = writer()
    client.force_login(desk.cast.user("citizen2"), backend="django.contrib.auth.backends.ModelBackend")
    assert (nobody, len(mine), writer() == mine) == ("", 16, False)
    for each, whose in ((nobody, None), (mine, None), (writer(), desk.cast.user("citizen2"))):
        sent = told(writer=each, mine="on", agree="1")
        answer = client.post(REPORT, sent, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["listed"]) == (201, whose is not None)
        assert Receipt.objects.latest("pk").user == whose

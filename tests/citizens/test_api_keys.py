"""A key from the request to its end, on the pages; and the examples for who writes a program, tried as they stand."""

from __future__ import annotations

import datetime as dt
import html
import re
import shlex
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import AuditEntry
from citizens.models import ApiKey
from citizens.seeding.open311 import ask_for_keys
from citizens.tasks import keep_retention
from relay.services import drain
from tests.citizens.programs import OWNER, key_in_force, make_public
from tests.workorders.conftest import Desk

ASK, DESK = "/citizen/developers/", "/citizen-desk/api-keys/"
SET_UP = {"do": "set_up", "per_minute": "20", "per_day": "200", "days": "90"}


def client(desk: Desk, name: str) -> Client:
    found = Client()
    found.force_login(desk.cast.user(name))
    return found


def asked(**words: str) -> str:
    """Ask on the page; the address of one's request."""
    answer = Client().post(ASK, {**OWNER, **words})
    assert answer.status_code == 302, answer.context["wrong"]
    return answer["Location"]


def text_of(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_a_key_goes_from_hand_to_hand_and_is_seen_by_its_owner_alone(desk: Desk) -> None:
    mine = asked()
    key = ApiKey.objects.get()
    admin, second = client(desk, "sysadmin"), client(desk, "commander")
    assert "等待审批" in text_of(Client().get(mine))
    assert 'value="fetch"' not in text_of(Client().get(mine))
    assert OWNER["purpose"] in text_of(admin.get(DESK))
    assert admin.post(DESK, {"id": key.pk, **SET_UP}).status_code == 302
    admin.post(DESK, {"id": key.pk, "do": "approve"}, follow=True)
    key.refresh_from_db()
    assert key.state == "submitted"
    assert f'href="{DESK}"' in text_of(second.get("/configuration/approvals/"))
    second.post(DESK, {"id": key.pk, "do": "approve"})
    shown = Client().post(mine, {"do": "fetch"})
    (secret,) = re.findall(r"lq_[\w-]{40}", text_of(shown))
    assert shown["Cache-Control"].count("no-store") == 1
    key.refresh_from_db()
    assert (key.state, key.per_minute, key.per_day, key.key_id) == ("approved", 20, 200, secret[:8])
    assert secret not in str(ApiKey.objects.values())
    for page in (Client().get(mine), admin.get(DESK), second.get(DESK)):
        assert secret not in text_of(page)
        assert secret[:8] in text_of(page)
    assert Client().post(mine, {"do": "fetch"}).status_code == 409
    assert AuditEntry.objects.filter(action="fetch_api_key").count() == 1

    make_public("T01")
    told = {"api_key": secret, "service_code": "T01", "address_string": "东街 1 号"}
    assert Client().post("/open311/v2/requests.json", told).status_code == 200
    assert "1 / 200" in text_of(admin.get(DESK))
    second.post(DESK, {"id": key.pk, "do": "end"})
    assert Client().post("/open311/v2/requests.json", told).status_code == 403
    assert "已停用" in text_of(Client().get(mine))


def test_a_request_spells_its_code_however_it_was_typed(desk: Desk) -> None:
    code = asked().split("#")[0].rstrip("/").split("/")[-1]
    assert len(code) == 12
    spelled = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    for typed in (code, spelled, spelled.lower()):
        assert f'<p class="code">{spelled}</p>' in text_of(Client().get(f"{ASK}{typed}/"))


def test_who_may_do_what_on_the_desk(desk: Desk) -> None:
    asked()
    key = ApiKey.objects.get()
    for name in ("street_dispatcher", "auditadmin", "outsider"):
        assert client(desk, name).get(DESK).status_code == 403, name
        assert client(desk, name).post(DESK, {"id": key.pk, **SET_UP}).status_code == 403, name
    assert Client().get(DESK).status_code == 302
    # The second person sets nothing up, the first lets nothing into force.
    assert client(desk, "commander").post(DESK, {"id": key.pk, **SET_UP}).status_code == 403
    client(desk, "sysadmin").post(DESK, {"id": key.pk, **SET_UP})
    assert client(desk, "sysadmin").post(DESK, {"id": key.pk, "do": "approve"}).status_code == 403
    key.refresh_from_db()
    assert key.state == "submitted"
    assert client(desk, "sysadmin").post(DESK, {"id": 10**8, "do": "end"}).status_code == 404
    assert client(desk, "sysadmin").post(DESK, {"id": key.pk, "do": "nothing"}).status_code == 400


def test_what_is_refused_says_why_and_can_be_set_up_anew(desk: Desk) -> None:
    mine = asked()
    key = ApiKey.objects.get()
    admin, second = client(desk, "sysadmin"), client(desk, "commander")
    page = admin.post(DESK, {"id": key.pk, **SET_UP, "per_minute": "601", "days": "x"})
    assert page.status_code == 400
    assert "应在 1 与 600 之间" in text_of(page)
    assert 'value="601"' in text_of(page)
    admin.post(DESK, {"id": key.pk, **SET_UP})
    second.post(DESK, {"id": key.pk, "do": "refuse", "opinion": "额度太大"})
    assert "额度太大" in text_of(admin.get(DESK))
    admin.post(DESK, {"id": key.pk, **SET_UP, "per_day": "50"})
    second.post(DESK, {"id": key.pk, "do": "approve"})
    key.refresh_from_db()
    assert (key.state, key.per_day) == ("approved", 50)

    other = asked(owner="另一家")
    unwanted = ApiKey.objects.get(owner="另一家")
    assert admin.post(DESK, {"id": unwanted.pk, "do": "turn_down", "opinion": ""}).status_code == 400
    admin.post(DESK, {"id": unwanted.pk, "do": "turn_down", "opinion": "用途不清楚"})
    assert "用途不清楚" in text_of(Client().get(other))
    assert Client().post(other, {"do": "fetch"}).status_code == 409
    assert mine != other


def test_an_owner_gives_a_lost_key_up(desk: Desk) -> None:
    mine = asked()
    key = ApiKey.objects.get()
    client(desk, "sysadmin").post(DESK, {"id": key.pk, **SET_UP})
    client(desk, "commander").post(DESK, {"id": key.pk, "do": "approve"})
    Client().post(mine, {"do": "fetch"})
    Client().post(mine, {"do": "give_up"})
    key.refresh_from_db()
    assert key.ended_at is not None
    assert Client().get("/citizen/developers/AAAA-AAAA-AAAA/").status_code == 404


def flood(number: int) -> None:
    """As many ask from everywhere."""
    requests = [ApiKey(claim_digest=f"flood{each}", **{**OWNER, "owner": f"某处 {each}"}) for each in range(number)]
    ApiKey.objects.bulk_create(requests)


def test_many_requests_of_others_keep_nobody_from_asking(desk: Desk) -> None:
    flood(210)
    mine = asked()
    assert "等待审批" in text_of(Client().get(mine))
    page = client(desk, "sysadmin").get(DESK)
    # The oldest first, and no page that is too long to be worked on.
    assert (page.context["asked_number"], len(page.context["asked"])) == (211, 50)
    assert "先处理最早的 50 份" in text_of(page)
    assert "某处 0<" in text_of(page)


def test_a_request_that_nobody_answers_expires_and_says_so(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    mine, submitted = asked(), asked(owner="另一个单位")
    key = ApiKey.objects.get(owner="另一个单位")
    client(desk, "sysadmin").post(DESK, {"id": key.pk, **SET_UP})
    shift(dt.timedelta(days=29))
    keep_retention()
    assert "等待审批" in text_of(Client().get(mine))
    assert "满 30 天没有处理会失效" in text_of(Client().get(mine))
    shift(dt.timedelta(days=2))
    keep_retention()
    page = text_of(Client().get(mine))
    assert "申请满 30 天没有处理，已经失效，请重新申请" in page
    # What is on its way to the second person waits for them.
    assert "等待审批" in text_of(Client().get(submitted))
    assert AuditEntry.objects.filter(action="expire_api_key_requests").get().detail == {"count": 1}
    keep_retention()
    assert AuditEntry.objects.filter(action="expire_api_key_requests").count() == 1


def test_a_key_ends_with_its_days(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    make_public("T01")
    _key, secret = key_in_force(desk, days=2)
    told = {"api_key": secret, "service_code": "T01", "address_string": "东街 1 号"}
    shift(dt.timedelta(days=2))
    assert Client().post("/open311/v2/requests.json", told).status_code == 200
    shift(dt.timedelta(days=1))
    assert Client().post("/open311/v2/requests.json", told).status_code == 403


def test_the_database_gives_no_key_to_who_has_no_approval(desk: Desk) -> None:
    asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(digest="x")
    admin = desk.cast.user("sysadmin")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(drafted_by=admin, decided_by=admin)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("owner", "", "请写 2 到 80 个字"),
        ("purpose", "测试", "请写 10 到 500 个字"),
        ("contact", "139 1234 5678", "不要填个人手机号"),
        ("owner", "街巷\x00", "有不能识别的字符"),
    ],
)
def test_a_request_says_what_is_missing_and_keeps_what_was_typed(desk: Desk, name: str, text: str, told: str) -> None:
    page = Client().post(ASK, {**OWNER, name: text})
    assert page.status_code == 400
    assert told in text_of(page)
    kept = {each: words for each, words in OWNER.items() if each != name}
    assert all(words in text_of(page) for words in kept.values())
    assert not ApiKey.objects.exists()


def test_a_demonstration_has_one_request_and_one_key(desk: Desk) -> None:
    made = [ask_for_keys(admin=desk.cast.sysadmin, second=desk.cast.commander) for _ in range(2)]
    assert made == [2, 2]
    assert sorted(ApiKey.objects.values_list("owner", "state")) == [
        ("江浦街道志愿者联合会（演示）", "draft"),
        ("浦口共享单车企业联盟（演示）", "approved"),
    ]


def test_no_cookie_tells_who_reads_the_page(desk: Desk) -> None:
    answer = Client().get(ASK)
    assert "sessionid" not in answer.cookies
    assert not any("session" in name for name in answer.cookies)


def test_the_examples_work_as_they_stand(desk: Desk) -> None:
    make_public("T01")
    _key, secret = key_in_force(desk)
    page = text_of(Client().get(ASK))
    commands = [html.unescape(each) for each in re.findall(r"<pre[^>]*data-example[^>]*>(.*?)</pre>", page, re.DOTALL)]
    assert len(commands) == 7
    number = "工单编号"
    for command in commands:
        answer = tried(command.replace("您的密钥", secret).replace("工单编号", number))
        assert answer.status_code == 200, (command, answer.content.decode())
        if "requests.json" in command and "POST" in command:
            number = answer.json()[0]["service_request_id"]
            drain()
        assert answer.json(), command


def tried(command: str) -> Any:
    """A curl command, sent."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "curl"
    told: dict[str, str] = {}
    headers: dict[str, str] = {}
    address, posts = "", False
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            posts = next(rest) == "POST"
        elif word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "--data-urlencode":
            name, _equals, value = next(rest).partition("=")
            told[name] = value
        else:
            address = word
    parts = urlsplit(address)
    assert parts.netloc == "testserver"
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Client().post(path, told, headers=headers) if posts else Client().get(path, headers=headers)

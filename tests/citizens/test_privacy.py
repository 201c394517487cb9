"""Citizens sign in with a number that nobody can read, and what is kept about them is theirs."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import AuditEntry, User
from citizens import services
from citizens.models import Consent, Contact, PrivacyNotice, Receipt, Satisfaction
from citizens.services import codes
from citizens.services.contacts import CONTACTS, citizen_of
from citizens.services.notices import agree, draft_notice, put_in_force
from citizens.services.telling import tell
from grids.selectors import actor_for
from lianqin.kernel import clock
from relay.models import Channel, OutgoingMessage
from relay.services.letters import letter
from relay.transports import broker
from tests.memory import forget
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.models import ReporterContact
from workorders.services.contacts import opened

PHONE, OTHER = "13900001111", "13900002222"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget()


@pytest.fixture
def gateway(db: Any) -> Channel:
    return Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)


def code_sent() -> str:
    to, text = letter(OutgoingMessage.objects.latest("pk"))
    assert to in (PHONE, OTHER)
    return text.split("验证码 ")[1][:6]


def a_minute_later() -> None:
    who = codes.CHALLENGES.index(PHONE)[:32]
    cache.delete(f"citizen:code:pause:{who}")


def ask(client: Client, phone: str = PHONE, *, agree: bool = True) -> Any:
    return client.post("/citizen/me/", {"phone": phone} | ({"agree": "on"} if agree else {}))


def signed_in(client: Client, phone: str = PHONE) -> User:
    address = ask(client, phone)["Location"]
    assert client.post(address, {"code": code_sent()}).status_code == 302
    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.usefixtures("small_ground", "gateway")
def test_who_has_the_code_is_signed_in(client: Client) -> None:
    user = signed_in(client, "+86 139-0000-1111")
    contact = Contact.objects.get()
    assert (user.kind, user.has_usable_password(), contact.user_id) == ("citizen", False, user.pk)
    assert (contact.shown_phone, CONTACTS.open(contact.sealed)) == ("139****1111", PHONE)
    page = client.get("/citizen/me/").content.decode()
    assert ("139****1111" in page, PHONE in page) == (True, False)
    assert client.session.get_expiry_age() == 30 * 24 * 3600
    assert Consent.objects.get().notice.version == 1
    assert not AuditEntry.objects.filter(action="signed_in").exists()
    again = Client()
    forget()
    assert signed_in(again) == user
    client.post("/citizen/me/out/")
    assert "用手机号登录" in client.get("/citizen/me/").content.decode()


@pytest.mark.usefixtures("small_ground", "gateway")
def test_the_number_and_the_code_lie_nowhere_in_clear(client: Client) -> None:
    ask(client)
    code = code_sent()
    message = OutgoingMessage.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM relay_outgoingmessage m")
        row = cursor.fetchone()[0]
    assert (PHONE in row, code in message.text, PHONE in message.text) == (False, False, False)


@pytest.mark.usefixtures("small_ground", "gateway")
def test_a_wrong_code_may_be_tried_five_times(client: Client) -> None:
    address = ask(client)["Location"]
    code = code_sent()
    wrong = "000000" if code != "000000" else "000001"
    for _time in range(5):
        answer = client.post(address, {"code": wrong})
        assert (answer.status_code, "验证码不对" in answer.content.decode()) == (400, True)
    assert "试错次数过多" in client.post(address, {"code": code}).content.decode()
    assert "已过期" in client.post(address, {"code": code}).content.decode()
    assert not Contact.objects.exists()


@pytest.mark.usefixtures("small_ground", "gateway")
def test_a_code_opens_once(client: Client) -> None:
    address = ask(client)["Location"]
    code = code_sent()
    client.post(address, {"code": code})
    assert "已过期" in Client().post(address, {"code": code}).content.decode()


@pytest.mark.usefixtures("small_ground", "gateway")
def test_codes_are_a_minute_apart_and_five_a_day(client: Client) -> None:
    assert ask(client).status_code == 302
    assert ask(client).status_code == 429
    assert ask(client, OTHER).status_code == 302
    for _time in range(4):
        a_minute_later()
        assert ask(client).status_code == 302
    a_minute_later()
    assert "今天" in ask(client).content.decode()


@pytest.mark.usefixtures("small_ground", "gateway")
def test_what_counts_codes_names_nobody_and_expires(client: Client) -> None:
    """Per number and per network, under keyed hashes."""
    told = {"phone": PHONE, "agree": "on"}
    assert client.post("/citizen/me/", told, REMOTE_ADDR="203.0.113.9").status_code == 302
    redis = broker()
    names = [name for name in redis.scan_iter("*") if b"citizen" in name]
    kinds = {kind for kind in (b"code:pause", b"code:day", b"limit:signin:near") if any(kind in name for name in names)}
    assert kinds == {b"code:pause", b"code:day", b"limit:signin:near"}
    for name in names:
        kept = name + (redis.dump(name) or b"")
        assert (PHONE.encode() in kept, b"203.0.113" in kept) == (False, False), name
        assert 0 < redis.ttl(name) <= 2 * 24 * 3600, name


@pytest.mark.usefixtures("small_ground", "gateway")
def test_nobody_learns_whether_a_number_is_known(client: Client) -> None:
    signed_in(client)
    forget()
    known, unknown = ask(Client()), ask(Client(), OTHER)
    assert (known.status_code, unknown.status_code) == (302, 302)
    one, other = (Client().get(each["Location"]).content for each in (known, unknown))
    # What was typed is said to who typed it.
    other = other.replace(b"139****2222", b"139****1111")
    strip = "csrfmiddlewaretoken"
    assert [line for line in one.splitlines() if strip.encode() not in line and b"/code/" not in line] == [
        line for line in other.splitlines() if strip.encode() not in line and b"/code/" not in line
    ]


@pytest.mark.parametrize("phone", ["", "123", "02558001234", "139000011112", "abc"])
@pytest.mark.usefixtures("small_ground", "gateway")
def test_only_mobile_numbers_are_sent_to(client: Client, phone: str) -> None:
    answer = ask(client, phone)
    assert (answer.status_code, "请输入 11 位手机号" in answer.content.decode()) == (400, True)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.usefixtures("gateway")
def test_staff_is_never_reached_by_a_number(desk: Desk, client: Client) -> None:
    staff = desk.cast.user("street_dispatcher")
    User.objects.filter(pk=staff.pk).update(phone=PHONE)
    user = signed_in(client)
    assert (user.pk == staff.pk, user.kind) == (False, "citizen")


@pytest.mark.usefixtures("small_ground", "gateway")
def test_nothing_is_sent_without_consent(client: Client) -> None:
    answer = ask(client, agree=False)
    assert (answer.status_code, "请先阅读并同意" in answer.content.decode()) == (400, True)
    assert f'value="{PHONE}"' in answer.content.decode()
    assert not OutgoingMessage.objects.exists()
    assert "checked" not in Client().get("/citizen/me/").content.decode()


@pytest.mark.usefixtures("small_ground")
def test_a_notice_in_force_is_read_by_anybody_and_changed_by_nobody(client: Client) -> None:
    page = client.get("/citizen/privacy/")
    assert (page.status_code, "第 1 版" in page.content.decode()) == (200, True)
    assert "lianqin_session" not in page.cookies
    with pytest.raises(DatabaseError), transaction.atomic():
        PrivacyNotice.objects.filter(version=1).update(text="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        PrivacyNotice.objects.filter(version=1).delete()
    for version in ("7", "x", "9" * 5000):
        assert client.get("/citizen/privacy/", {"version": version}).status_code == 404


def test_two_people_put_a_version_in_force(desk: Desk, gateway: Channel, client: Client) -> None:
    signed_in(client)
    first, second, nobody = Client(), Client(), Client()
    first.force_login(desk.cast.user("commander"))
    second.force_login(desk.cast.user("supervisor"))
    nobody.force_login(desk.cast.user("handler"))
    assert nobody.get("/citizen-desk/privacy/").status_code == 403
    told = {"text": "我们收集什么\n" + "只收必要的。" * 20, "changes": "写得更短"}
    assert first.post("/citizen-desk/privacy/", {**told, "changes": ""}).status_code == 400
    assert first.post("/citizen-desk/privacy/", told).status_code == 302
    assert first.post("/citizen-desk/privacy/", {"do": "force", "version": "2"}).status_code == 403
    assert second.post("/citizen-desk/privacy/", {"do": "force", "version": "2"}).status_code == 302
    page = Client().get("/citizen/privacy/").content.decode()
    assert ("第 2 版" in page, "写得更短" in page) == (True, True)
    assert "隐私告知有了新版本" in client.get("/citizen/me/").content.decode()
    client.post("/citizen/me/agree/", {"agree": "on", "version": "1"})
    assert "隐私告知有了新版本" in client.get("/citizen/me/").content.decode(), "an old page told of another version"
    assert Client().post("/citizen/me/", {"phone": OTHER, "agree": "on", "version": "1"}).status_code == 400
    client.post("/citizen/me/agree/", {"agree": "on", "version": "2"})
    assert "隐私告知有了新版本" not in client.get("/citizen/me/").content.decode()


def own_report(user: User) -> Receipt:
    data = {"title": "路灯不亮", "source": "citizen", "category": "T01", "lon": HERE[0], "lat": HERE[1]}
    order, _new = work.report(by=actor_for(user), data=data)
    receipt, _code = services.open_receipt(order_id=order.pk, client_key=uuid.uuid4(), user_id=user.pk)
    return receipt


def test_what_came_another_way_stands_among_ones_reports_once(desk: Desk, gateway: Channel, client: Client) -> None:
    user = signed_in(client)
    with_receipt = own_report(user)
    data = {"title": "井盖松了", "source": "citizen", "lon": HERE[0], "lat": HERE[1]}
    other, _new = work.report(by=actor_for(user), data=data)
    desk.report(title="别人的事")
    page = client.get("/citizen/me/").content.decode()
    assert [page.count(number) for number in (with_receipt.order.number, other.number)] == [1, 1]
    assert page.index("井盖松了") < page.index("路灯不亮"), "newest first"
    assert ("正在核对情况" in page, page.count("/citizen/track/"), "别人的事" in page) == (True, 3, False)


def test_one_sees_and_takes_what_is_kept(desk: Desk, gateway: Channel, client: Client) -> None:
    user = signed_in(client)
    receipt = own_report(user)
    number, now = receipt.order.number, clock.now()
    Satisfaction.objects.create(
        order=receipt.order, generation=0, way="page", solved=1, receipt=receipt, words="又坏了", first_at=now, at=now
    )
    page = client.get("/citizen/me/data/").content.decode()
    assert all(each in page for each in (number, "139****1111", "隐私告知第 1 版"))
    file = zipfile.ZipFile(io.BytesIO(client.get("/citizen/me/data/take/").content))
    assert sorted(file.namelist()) == ["data.html", "data.json"]
    kept = {each["title"]: each["rows"] for each in json.loads(file.read("data.json"))["kept"]}
    assert kept["反映的问题"][0][0] == number
    assert (kept["回执"][0][0], "查询码" in kept["回执"][0][1]) == (number, True)
    assert kept["评价"] == [
        [number, "问题解决了吗？没有解决；对办理结果满意吗？未回答；工作人员态度好吗？未回答；又坏了"]
    ]
    assert number in file.read("data.html").decode()
    assert 'maxlength="20"' not in page, "a browser would cut what the page ought to refuse"
    long = client.post("/citizen/me/data/", {"full_name": "王" * 21})
    assert (long.status_code, "最多 20 个字，现在有 21 个" in long.content.decode()) == (400, True)
    assert client.post("/citizen/me/data/", {"full_name": "老王"}).status_code == 302
    assert User.objects.get(pk=user.pk).full_name == "老王"
    assert Client().get("/citizen/me/data/")["Location"] == "/citizen/me/"


@pytest.mark.usefixtures("small_ground", "gateway")
def test_who_withdraws_consent_is_signed_out_and_asked_again(client: Client) -> None:
    signed_in(client)
    client.post("/citizen/me/data/", {"do": "withdraw"})
    assert Consent.objects.get().withdrawn_at is not None
    assert "用手机号登录" in client.get("/citizen/me/").content.decode()


@pytest.mark.usefixtures("gateway")
def test_nobody_agrees_to_what_came_in_force_after_they_had_ticked(desk: Desk, client: Client) -> None:
    address = ask(client)["Location"]
    draft_notice(text="我们收集什么。" * 20, changes="多收集一项", by=desk.cast.commander)
    put_in_force(version=2, by=desk.cast.supervisor)
    assert client.post(address, {"code": code_sent()}).status_code == 302
    assert not Consent.objects.exists()
    assert "我已阅读并同意第 2 版" in client.get("/citizen/me/").content.decode()


@pytest.mark.usefixtures("small_ground", "gateway")
def test_who_withdraws_consent_is_sent_nothing_until_they_agree_again(client: Client) -> None:
    user, notice = signed_in(client), PrivacyNotice.objects.get(effective_at__isnull=False)
    with transaction.atomic():
        assert tell(user_id=user.pk, key="remind:1", text="明晚巡夜")
    client.post("/citizen/me/data/", {"do": "withdraw"})
    assert OutgoingMessage.objects.get(template="citizen_community").state == "suppressed"
    with transaction.atomic():
        assert not tell(user_id=user.pk, key="remind:2", text="明晚巡夜")
        agree(notice=notice, user_id=user.pk)
        assert tell(user_id=user.pk, key="remind:3", text="明晚巡夜")


@pytest.mark.django_db
def test_all_is_sealed_anew_and_found_again(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_CONTACT_KEYS = ["old"]
    user = citizen_of(PHONE)
    order = desk.report(reporter_name="刘德华", reporter_phone="13812341234")
    settings.LIANQIN_CONTACT_KEYS = ["new", "old"]
    out = io.StringIO()
    call_command("rotate_contact_keys", stdout=out)
    assert "2 sealed anew, 0 were under the first key already" in out.getvalue()
    call_command("rotate_contact_keys", stdout=out)
    assert "0 sealed anew, 2 were under the first key already" in out.getvalue()
    settings.LIANQIN_CONTACT_KEYS = ["new"]
    assert citizen_of(PHONE) == user
    assert opened(ReporterContact.objects.get(order=order)).phone == "13812341234"

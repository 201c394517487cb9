"""Duty through its doors: pages with forms, and the API with a token."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from dispatch.models import Handover, Notice, Position, Shift, Watch
from dispatch.selectors import sentence
from tests.cast import Cast, SmallGround
from tests.dispatch.rosters import HOUR, shift_at, watch

BACKEND = "django.contrib.auth.backends.ModelBackend"


def page(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who), backend=BACKEND)
    return client


def api(cast: Cast, who: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(cast.user(who))
    return client


def text(client: Client, url: str, **more: str) -> str:
    answer = client.get(url, more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_now_at_both_levels(cast: Cast, small_ground: SmallGround) -> None:
    User.objects.filter(username="district_dispatcher").update(phone="13912345678")
    watch(shift_at(small_ground.command_center, -1), cast.user("district_dispatcher"), "duty_officer")
    watch(shift_at(small_ground.sub_center, 3, dispatcher=2), cast.user("street_dispatcher"))
    shown = text(page(cast, "street_dispatcher"), "/duty/")
    assert "139****5678" in shown
    assert "13912345678" not in shown
    assert "派遣员缺1人" in shown
    assert shown.count("此刻无人值班") == 2
    assert "我的值班" in shown


def test_a_number_is_shown_for_a_reason_that_is_kept(cast: Cast, small_ground: SmallGround) -> None:
    User.objects.filter(username="district_dispatcher").update(phone="13912345678")
    told = {"action": "reveal", "user": str(cast.user("district_dispatcher").pk)}
    client = page(cast, "street_dispatcher")
    assert client.post("/duty/", {**told, "reason": "燃气泄漏"}).status_code == 404
    watch(shift_at(small_ground.command_center, -1), cast.user("district_dispatcher"), "duty_officer")
    assert "13912345678" not in client.post("/duty/", {**told, "reason": " "}, follow=True).content.decode()
    assert "13912345678" in client.post("/duty/", {**told, "reason": "燃气泄漏"}).content.decode()
    entry = AuditEntry.objects.get(action="phone_revealed")
    assert (entry.actor, entry.object_label, entry.detail) == (
        cast.user("street_dispatcher"), "district_dispatcher", {"reason": "燃气泄漏"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("street_dispatcher", "command_center", 200),  # Their district's centre.
        ("street_dispatcher", "sub_center", 200),
        ("street_dispatcher", "urban_squad", 200),
        ("street_dispatcher", "other_urban_squad", 404),
        ("district_dispatcher", "other_urban_squad", 200),
        ("handler", "urban_squad", 200),
        ("handler", "command_center", 404),
        ("other_grid_worker", "command_center", 404),
        ("other_officer", "command_center", 404),
    ],
)
def test_whose_number_one_may_ask_for(cast: Cast, small_ground: SmallGround, who: str, place: str, status: int) -> None:
    User.objects.filter(username="district_handler").update(phone="13912345678")
    watch(shift_at(getattr(small_ground, place), -1), cast.user("district_handler"), "on_call")
    name = str(cast.user("district_handler"))
    url = f"/api/v1/duty/people/{cast.user('district_handler').pk}/phone/"
    answer = api(cast, who).post(url, {"reason": "燃气泄漏"}, format="json")
    assert answer.status_code == status
    assert ("13912345678" in answer.content.decode()) == (status == 200)
    if who not in ("handler", "other_grid_worker") or status == 200:
        assert (f"查看{name}的电话" in text(page(cast, who), "/duty/")) == (status == 200)


def test_thirty_numbers_an_hour(cast: Cast, small_ground: SmallGround, shift: Callable[[dt.timedelta], None]) -> None:
    watch(shift_at(small_ground.sub_center, -1), cast.user("street_dispatcher2"))
    url = f"/api/v1/duty/people/{cast.user('street_dispatcher2').pk}/phone/"
    asker = api(cast, "street_dispatcher")
    told = {"reason": "燃气泄漏"}
    assert {asker.post(url, told, format="json").status_code for _n in range(30)} == {200}
    refused = asker.post(url, told, format="json")
    assert (refused.status_code, refused.json()["code"]) == (429, "phones_enough")
    assert 0 < int(refused["Retry-After"]) <= 3600
    form = {"action": "reveal", "user": str(cast.user("street_dispatcher2").pk), "reason": "燃气泄漏"}
    assert "一小时内" in page(cast, "street_dispatcher").post("/duty/", form, follow=True).content.decode()
    shift(dt.timedelta(minutes=61))
    assert asker.post(url, told, format="json").status_code == 200


@pytest.mark.parametrize("who", ["sysadmin", "auditadmin", "outsider"])
def test_not_for_officers_and_who_has_no_post(cast: Cast, small_ground: SmallGround, who: str) -> None:
    client = page(cast, who)
    assert [client.get(url).status_code for url in ("/duty/", "/duty/roster/", "/duty/handovers/")] == [403, 403, 403]
    assert api(cast, who).get("/api/v1/duty/").status_code == 403


def test_the_old_address_leads_here(cast: Cast, small_ground: SmallGround) -> None:
    answer = page(cast, "street_dispatcher").get("/district/duty/")
    assert (answer.status_code, answer["Location"]) == (302, "/duty/")


def test_place_and_publish_on_the_page(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, 3, published=False)
    client = page(cast, "street_dispatcher")
    shown = text(client, "/duty/roster/", shift=str(shift.pk), post="dispatcher")
    assert "street_dispatcher2" in shown
    told = {"unit": "320999001-centre", "shift": str(shift.pk), "post": "dispatcher"}
    client.post("/duty/roster/", {**told, "assign": str(cast.user("street_dispatcher2").pk)})
    assert Watch.objects.get().user == cast.user("street_dispatcher2")
    week = (shift.starts_at + 8 * HOUR).date().isoformat()
    client.post("/duty/roster/", {"unit": "320999001-centre", "week": week, "publish": "1"})
    shift.refresh_from_db()
    assert shift.published_by == cast.user("street_dispatcher")
    other = page(cast, "other_street_dispatcher").post("/duty/roster/", {"unit": "320999001-centre", "publish": "1"})
    assert other.status_code == 404


def test_who_is_taken_off_a_published_shift_is_named_before_and_told_after(
    cast: Cast, small_ground: SmallGround
) -> None:
    out = shift_at(small_ground.sub_center, 3, dispatcher=2)
    draft = shift_at(small_ground.sub_center, 30, published=False)
    other, mine = cast.user("street_dispatcher2"), cast.user("street_dispatcher")
    theirs = watch(out, other)
    watch(out, mine)
    watch(draft, other)
    client = page(cast, "street_dispatcher")
    told = {"unit": "320999001-centre", "week": timezone.localdate(out.starts_at).isoformat()}
    at = timezone.localtime(out.starts_at)
    questions = [
        each for each in re.findall(r'data-confirm="([^"]+)"', text(client, "/duty/roster/", **told))
        if each.startswith("把")
    ]  # fmt: skip
    assert len(questions) == 2, "of a draft nobody was told yet"
    asked = next(each for each in questions if "本人会收到通知。" in each)
    assert asked.startswith(f"把{other}移出 {at.month}月{at.day}日3时班（{at:%H:%M}-")
    assert asked.endswith("）？本人会收到通知。移出后派遣员缺 1 人，系统会按时提醒本单位排班。")
    assert not Notice.objects.exists()
    shown = client.post("/duty/roster/", {**told, "unassign": str(theirs.pk)}, follow=True).content.decode()
    assert f"已把{other}移出班次" in shown
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (other, "roster_removed")
    assert sentence(notice) == f"您已移出{small_ground.sub_center.short_name} {at:%-m-%-d %H:%M} 的班次"
    back = {**told, "shift": str(out.pk), "post": "dispatcher", "assign": str(other.pk)}
    client.post("/duty/roster/", back)
    assert Notice.objects.filter(user=other, kind="roster_placed").count() == 1
    for each in Watch.objects.filter(Q(shift=draft) | Q(user=mine)):
        client.post("/duty/roster/", {**told, "unassign": str(each.pk)})
    assert Notice.objects.count() == 2, "neither of a draft nor of what somebody did to themselves"


def test_hours_are_set_and_typed_words_are_kept(cast: Cast, small_ground: SmallGround) -> None:
    client = page(cast, "street_dispatcher")
    half = {
        "unit": "320999001-centre",
        "name": "两班",
        "name0": "白",
        "starts0": "08:00",
        "ends0": "20:00",
        "dispatcher0": "1",
    }
    kept = client.post("/duty/hours/", half)
    assert kept.status_code == 400
    assert 'value="白"' in kept.content.decode()
    night = {"name1": "夜", "starts1": "20:00", "ends1": "08:00", "dispatcher1": "1", "pattern": "白 夜", "teams": "2"}
    turns = {"starts_on": "2026-11-22", f"team{cast.user('street_dispatcher').pk}": "A"}
    turns[f"post{cast.user('street_dispatcher').pk}"] = "dispatcher"
    assert client.post("/duty/hours/", {**half, **night, **turns}).status_code == 302
    assert {each.name for each in Shift.objects.all()} == {"白", "夜"}


def test_a_hand_over_on_its_page(cast: Cast, small_ground: SmallGround) -> None:
    goes = shift_at(small_ground.sub_center, -7)
    made = Handover.objects.create(shift=goes, unit=small_ground.sub_center, due_at=goes.ends_at)
    url = f"/duty/handovers/{made.pk}/"
    assert page(cast, "other_street_dispatcher").get(url).status_code == 404
    long = page(cast, "street_dispatcher").post(url, {"action": "write", "important": "长" * 4001})
    assert long.status_code == 400
    assert "长" * 4001 in long.content.decode()
    page(cast, "street_dispatcher").post(url, {"action": "write", "important": "寒潮"})
    page(cast, "street_dispatcher2").post(url, {"action": "sign"})
    assert "已签收，不可更改" in text(page(cast, "street_dispatcher"), url)


def test_positions_over_http(cast: Cast, small_ground: SmallGround) -> None:
    here = {"lon": 118.605, "lat": 32.055, "accuracy_m": 8.6}
    client = api(cast, "grid_worker")
    assert client.post("/api/v1/positions/", here, format="json").status_code == 403
    watch(shift_at(small_ground.sub_center, -1, patrol=1), cast.user("grid_worker"), "patrol")
    answer = client.post("/api/v1/positions/", here, format="json")
    assert (answer.status_code, answer.json()["accuracy_m"]) == (200, 9)
    again = client.post("/api/v1/positions/", here, format="json")
    assert (again.status_code, again["Retry-After"]) == (429, "20")
    assert client.delete("/api/v1/positions/").status_code == 204
    assert not Position.objects.exists()
    assert client.post("/api/v1/positions/", {"lon": 999, "lat": 0}, format="json").status_code == 400


def test_rosters_over_http(cast: Cast, small_ground: SmallGround) -> None:
    client = api(cast, "street_dispatcher")
    shift = shift_at(small_ground.sub_center, 3)
    body = {"user": cast.user("street_dispatcher2").pk, "post": "dispatcher"}
    made = client.post(f"/api/v1/shifts/{shift.pk}/watches/", body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(f"/api/v1/shifts/{shift.pk}/watches/", body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (made.status_code, again.json()) == (201, made.json())
    clash = shift_at(small_ground.sub_center, 5)
    refused = client.post(f"/api/v1/shifts/{clash.pk}/watches/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "roster_conflict")
    other = api(cast, "other_street_dispatcher")
    assert other.post(f"/api/v1/shifts/{shift.pk}/watches/", body, format="json").status_code == 404
    assert client.delete(f"/api/v1/watches/{made.json()['id']}/").status_code == 204
    day = (shift.starts_at + 8 * HOUR).date()
    days = (day - dt.timedelta(days=1), day + dt.timedelta(days=2))
    asked = {"unit": "320999001-centre", "since": days[0].isoformat(), "until": days[1].isoformat()}
    lines = client.get("/api/v1/shifts/", asked).json()["results"]
    assert [line["missing"] for line in lines] == [{"dispatcher": 1}, {"dispatcher": 1}]
    assert client.delete(f"/api/v1/shifts/{shift.pk}/").json()["code"] == "shift_published"


def test_a_swap_over_http(cast: Cast, small_ground: SmallGround) -> None:
    mine = watch(shift_at(small_ground.sub_center, 10), cast.user("street_dispatcher"))
    body = {"watch": mine.pk, "partner": cast.user("street_dispatcher2").pk}
    made = api(cast, "street_dispatcher").post("/api/v1/swaps/", body, format="json")
    url = f"/api/v1/swaps/{made.json()['id']}"
    assert api(cast, "other_street_dispatcher").post(f"{url}/answer/", {"yes": True}, format="json").status_code == 404
    answer = api(cast, "street_dispatcher2").post(f"{url}/answer/", {"yes": True}, format="json")
    assert answer.json()["state"] == "consented"
    assert [line["state"] for line in api(cast, "street_dispatcher").get("/api/v1/swaps/").json()["results"]] == [
        "consented"
    ]

"""People, posts, passwords and departures through the pages and over HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, IdempotencyRecord, User
from accounts.services import create_person, issue_token
from grids.models import AppointmentLine, AppointmentList, Departure, Grid, Membership
from grids.selectors import people, staffing_faults
from grids.services import appoint
from lianqin.kernel.actors import SYSTEM
from tests.cast import Cast, SmallGround
from tests.configuration.deciding import decide
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
PEOPLE = "/configuration/people/"
SETUP = "/api/v1/setup"
WORD = re.compile(r"[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}")


def at(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def api(cast: Cast, name: str) -> Client:
    return Client(headers={"Authorization": f"Token {issue_token(user=cast.user(name))[0]}"})


def send(client: Client, path: str, body: dict[str, Any] | None = None, **more: str) -> Any:
    return client.post(f"{SETUP}{path}", body or {}, content_type="application/json", headers=more or None)


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


# -- who comes in


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("sysadmin", 200),
        ("secadmin", 200),
        ("commander", 200),
        ("street_dispatcher", 403),
        ("auditadmin", 403),
        ("handler", 403),
    ],
)
def test_whose_pages_these_are(cast: Cast, name: str, status: int) -> None:
    client = at(cast, name)
    for path in (PEOPLE, f"{PEOPLE}staffing/", f"{PEOPLE}lists/", f"{PEOPLE}{cast.user('handler').pk}/"):
        assert client.get(path).status_code == status, path
    for path in ("people/", "staffing/", "appointments/", "people/handler/"):
        assert api(cast, name).get(f"{SETUP}/{path}").status_code == status, path


def test_the_list_finds_by_pinyin_and_masks_telephones(cast: Cast) -> None:
    create_person(full_name="欧阳娜娜", phone="13812345678", by=SYSTEM)
    client = at(cast, "sysadmin")
    for sought in ("oynn", "ouyang", "娜娜", "ouyangnana", "13812345678"):
        page = text(client.get(PEOPLE, {"q": sought}))
        assert "欧阳娜娜" in page, sought
        # What was typed stays in the search box; no line of the list shows it.
        assert "13812345678" not in page.split("<tbody>")[1].split("</tbody>")[0], sought
        assert "138****5678" in page
    assert "欧阳娜娜" not in text(client.get(PEOPLE, {"q": "1381234567"}))
    assert "13812345678" not in text(client.get(PEOPLE, {"q": "oynn", "as": "csv"}))
    assert "13812345678" not in text(api(cast, "sysadmin").get(f"{SETUP}/people/?q=oynn"))


def test_filters(cast: Cast, small_ground: SmallGround) -> None:
    def named(**asked: str) -> set[str]:
        return {user.username for user in people(**asked)}

    assert named(street="320999002") == {
        "other_street_dispatcher",
        "other_officer",
        "other_handler",
        "other_grid_worker",
    }
    assert named(role="supervisor") == {"supervisor", "street_supervisor"}
    assert named(post="grid_leader") == {"grid_leader"}
    assert named(unit="320999001-market") == {"handler2"}
    assert named(state="no_post") == {"outsider"}
    assert named(state="double") == set()
    appoint(user=cast.user("grid_worker"), role="department_handler", unit=small_ground.market_squad, by=SYSTEM)
    assert named(state="double") == {"grid_worker"}
    User.objects.filter(username="handler2").update(is_active=False)
    assert named(state="inactive") == {"handler2"}
    assert "handler2" not in named()
    assert not named() & {"sysadmin", "secadmin", "auditadmin", "citizen", "source"}


# -- accounts and passwords


def test_slips_are_shown_once_and_kept_nowhere(cast: Cast) -> None:
    client = at(cast, "sysadmin")
    answer = client.post(f"{PEOPLE}new/", {"full_name": "王芳", "username": "", "phone": "13900000000"}, follow=True)
    assert "已建账号 wangfang" in text(answer)
    person = User.objects.get(username="wangfang")
    slips = client.post(f"{PEOPLE}passwords/", {"user": [person.pk]})
    assert "no-store" in slips["Cache-Control"]
    (password,) = WORD.findall(text(slips))
    assert User.objects.get(pk=person.pk).check_password(password)
    sheet = client.post(f"{PEOPLE}passwords/", {"user": [person.pk], "as": "csv"})
    (second,) = WORD.findall(text(sheet))
    assert second != password
    assert second not in text(client.get(f"{PEOPLE}passwords/", follow=True))
    for page in (PEOPLE, f"{PEOPLE}{person.pk}/", f"{PEOPLE}?as=csv"):
        assert second not in text(client.get(page))
    assert second not in str(list(AuditEntry.objects.values()))


def test_an_answer_with_passwords_is_neither_kept_nor_replayed(cast: Cast) -> None:
    create_person(full_name="王芳", by=SYSTEM)
    client = api(cast, "sysadmin")
    body = {"usernames": ["wangfang"]}
    first = send(client, "/passwords/", body, **{"Idempotency-Key": "k1"})
    again = send(client, "/passwords/", body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first["Cache-Control"] == "no-store"
    passwords = {answer.json()[0]["password"] for answer in (first, again)}
    assert len(passwords) == 2
    kept = str(list(IdempotencyRecord.objects.values()))
    assert not any(password in kept for password in passwords)


def test_what_is_typed_is_not_lost(cast: Cast) -> None:
    page = at(cast, "sysadmin").post(f"{PEOPLE}new/", {"full_name": "王芳", "username": "handler", "phone": "139"})
    assert page.status_code == 409
    assert "用户名已被占用" in text(page)
    assert 'value="王芳"' in text(page)


def test_a_commanders_password_is_not_the_system_administrators(cast: Cast) -> None:
    commander = cast.user("commander")
    commander.set_password("lantern-river-9")
    commander.save()
    key = commander.pk
    page = at(cast, "sysadmin").post(f"{PEOPLE}passwords/", {"user": [key]}, follow=True)
    assert "须由另一名管理员先申请重置" in text(page)
    refused = send(api(cast, "sysadmin"), "/passwords/", {"usernames": ["commander"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert send(api(cast, "secadmin"), "/passwords/", {"usernames": ["commander"]}).status_code == 403
    asked = {"username": "commander", "reason": "遗忘"}
    assert send(api(cast, "sysadmin"), "/passwords/requests/", asked).status_code == 201
    assert send(api(cast, "secadmin"), "/passwords/", {"usernames": ["commander"]}).status_code == 201
    for officer in ("sysadmin", "secadmin", "auditadmin"):
        assert send(api(cast, "sysadmin"), "/passwords/", {"usernames": [officer]}).status_code == 404


# -- posts


def wanted(**more: str) -> dict[str, str]:
    return {
        "user": "outsider", "role": "supervisor", "unit": "320999001-centre", "grid": "", "post": "", "title": "",
        "standing": "", "starts_on": "2026-01-01", **more,
    }  # fmt: skip


def test_the_security_officer_appoints_at_once(cast: Cast) -> None:
    page = at(cast, "secadmin").post(f"{PEOPLE}appoint/", wanted(), follow=True)
    assert "已任职" in text(page)
    assert Membership.objects.get(user=cast.user("outsider")).role == "supervisor"


def test_what_the_system_administrator_drafts_waits(cast: Cast) -> None:
    client = at(cast, "sysadmin")
    assert "已提交安全管理员确认" in text(client.post(f"{PEOPLE}appoint/", wanted(), follow=True))
    assert not Membership.objects.filter(user=cast.user("outsider")).exists()
    made = AppointmentList.objects.get()
    for what in ("confirm_all", "confirm", "refuse"):
        refused = client.post(f"{PEOPLE}lists/{made.pk}/", {"do": what, "reason": "x"})
        assert refused.status_code == 403, what
    assert (
        send(api(cast, "sysadmin"), f"/appointments/{made.pk}/confirm/", {"seen": str(made.submitted_at)}).status_code
        == 403
    )
    assert send(api(cast, "sysadmin"), "/posts/", wanted()).status_code == 403
    officer, address = at(cast, "secadmin"), f"{PEOPLE}lists/{made.pk}/"
    assert decide(officer, address, {"do": "confirm_all"}).status_code == 302
    assert "已全部确认" in text(officer.get(address))
    assert Membership.objects.get(user=cast.user("outsider")).role == "supervisor"


def test_a_refusal_needs_its_reason_and_loses_no_tick(cast: Cast) -> None:
    at(cast, "sysadmin").post(f"{PEOPLE}appoint/", wanted())
    line = AppointmentLine.objects.get()
    client = at(cast, "secadmin")
    page = decide(client, f"{PEOPLE}lists/{line.list_id}/", {"do": "refuse", "line": [line.pk]})
    assert page.status_code == 400
    assert "请填写理由" in text(page)
    assert f'value="{line.pk}" data-tick checked' in text(page)
    decide(client, f"{PEOPLE}lists/{line.list_id}/", {"do": "refuse", "line": [line.pk], "reason": "不符合条件"})
    assert AppointmentLine.objects.get().reason == "不符合条件"


def test_a_list_over_http(cast: Cast) -> None:
    lines = [{"user": "outsider", "role": "grid_worker", "grid": "320999001001002", "post": "full_time_worker"}]
    made = send(api(cast, "sysadmin"), "/appointments/", {"title": "一批", "lines": lines, "submit": True})
    assert (made.status_code, made.json()["state"]) == (201, "submitted")
    key = made.json()["id"]
    seen = {"seen": made.json()["submitted_at"]}
    assert send(api(cast, "commander"), f"/appointments/{key}/confirm/", seen).status_code == 403
    stale = send(api(cast, "secadmin"), f"/appointments/{key}/confirm/", {"seen": "2026-01-01T00:00:00Z"})
    assert (stale.status_code, stale.json()["code"]) == (409, "draft_stale")
    done = send(api(cast, "secadmin"), f"/appointments/{key}/confirm/", seen)
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert done.json()["lines"][0]["state"] == "confirmed"
    held = api(cast, "secadmin").get(f"{SETUP}/people/outsider/").json()
    assert [(post["grid"], post["post"]) for post in held] == [("320999001001002", "full_time_worker")]
    ended = send(api(cast, "secadmin"), f"/posts/{held[0]['id']}/end/")
    assert ended.json()["ends_on"]


def test_the_person_page_tells_the_life(cast: Cast) -> None:
    client = at(cast, "secadmin")
    client.post(f"{PEOPLE}appoint/", wanted(title="分中心督查"))
    key = cast.user("outsider").pk
    page = text(client.get(f"{PEOPLE}{key}/"))
    for told in ("分中心督查", "东街联勤指挥分中心", "任职", "结束任职"):
        assert told in page, told
    post = Membership.objects.get(user=key)
    client.post(f"{PEOPLE}{key}/", {"do": "end", "post": post.pk, "ends_on": ""})
    assert Membership.objects.get(pk=post.pk).ends_on is not None


def test_nobodys_post_is_ended_through_somebody_elses_page(cast: Cast) -> None:
    post = Membership.objects.get(user=cast.user("handler"))
    answer = at(cast, "secadmin").post(f"{PEOPLE}{cast.user('outsider').pk}/", {"do": "end", "post": post.pk})
    assert answer.status_code == 404
    assert Membership.objects.get(pk=post.pk).ends_on is None


# -- vacancies


def test_vacancies_and_double_duties(cast: Cast, small_ground: SmallGround) -> None:
    found = {(fault.kind, fault.grid or fault.unit or fault.name) for fault in staffing_faults()}
    assert ("no_full_time", "320999001001002") in found
    assert ("no_leader", "320999001001002") in found
    assert ("too_few", "320999001001001") in found  # One part-time worker.
    assert ("no_full_time", "320999001001001") not in found
    assert ("department_empty", "320999001-sanitation") in found
    assert ("department_empty", "320999001-market") not in found
    assert ("station_empty", "320999001002-station") in found
    assert ("no_deputy", "320999-centre") in found
    assert not any(kind in ("centre_empty", "full_time_twice", "leads_many") for kind, _where in found)
    appoint(
        user=cast.user("grid_worker"), role="grid_worker", grid=small_ground.grid2, post="full_time_worker", by=SYSTEM
    )
    again = {(fault.kind, fault.name) for fault in staffing_faults()}
    assert ("full_time_twice", "grid_worker") in again
    assert all(fault.street in ("东街", "") for fault in staffing_faults(street="320999001"))


def test_dedicated_grids_need_a_leader_only(cast: Cast, small_ground: SmallGround) -> None:
    Grid.objects.filter(pk=small_ground.grid2.pk).update(kind="dedicated")
    kinds = {fault.kind for fault in staffing_faults() if fault.grid == "320999001001002"}
    assert kinds == {"no_leader"}


def test_each_vacancy_links_to_its_mending(cast: Cast) -> None:
    page = text(at(cast, "secadmin").get(f"{PEOPLE}staffing/"))
    assert "/configuration/people/appoint/?grid=320999001001002&amp;post=full_time_worker" in page
    form = text(at(cast, "secadmin").get(f"{PEOPLE}appoint/?grid=320999001001002&post=full_time_worker"))
    assert 'value="320999001001002"' in form
    assert '<option value="full_time_worker" selected>' in form


# -- leaving


def test_leaving_says_what_is_left_and_shuts_at_once(desk: Desk) -> None:
    order = desk.handling()
    leaver = desk.cast.user("handler")
    browser = at(desk.cast, "handler")
    assert browser.get("/api/v1/auth/me/").status_code == 200
    client = at(desk.cast, "secadmin")
    page = text(client.get(f"{PEOPLE}{leaver.pk}/leave/"))
    for told in (order.number, "离任后无人", "处置人员"):
        assert told in page, told
    assert "店外经营占道" not in page  # An officer sees no order: its number, not its words.
    done = client.post(f"{PEOPLE}{leaver.pk}/leave/", {"reason": "调离", "successor": "", "leaves_on": ""}, follow=True)
    assert "即刻失效" in text(done)
    assert browser.get("/api/v1/auth/me/").status_code == 401
    assert Departure.objects.get().reason == "调离"


def test_what_was_given_to_a_worker_goes_to_the_successor(desk: Desk, small_ground: SmallGround) -> None:
    order = desk.report()
    order = desk.do(order, "claim", desk.cast.community_officer)
    order = desk.do(order, "assign_worker", desk.cast.community_officer, worker="grid_worker")
    assert order.worker_id == desk.cast.user("grid_worker").pk
    answer = send(
        api(desk.cast, "secadmin"), "/people/grid_worker/leave/", {"successor": "grid_worker2", "reason": "退休"}
    )
    assert answer.json() == {
        "leaves_on": str(Departure.objects.get().leaves_on),
        "closed": True,
        "handed_over": 1,
        "kept": 0,
    }
    order.refresh_from_db()
    assert order.worker_id == desk.cast.user("grid_worker2").pk


def test_a_successor_from_elsewhere_leaves_it_with_the_workstation(desk: Desk) -> None:
    order = desk.do(desk.report(), "claim", desk.cast.community_officer)
    order = desk.do(order, "assign_worker", desk.cast.community_officer, worker="grid_worker")
    told = {"successor": "other_grid_worker"}
    answer = send(api(desk.cast, "secadmin"), "/people/grid_worker/leave/", told)
    assert (answer.json()["handed_over"], answer.json()["kept"]) == (0, 1)


def test_leaving_asks_for_a_successor_that_exists(cast: Cast) -> None:
    key = cast.user("handler").pk
    page = at(cast, "secadmin").post(f"{PEOPLE}{key}/leave/", {"successor": "nobody", "reason": "调离"})
    assert page.status_code == 400
    assert "没有这个用户名的工作人员" in text(page)
    assert 'value="调离"' in text(page)
    assert User.objects.get(pk=key).is_active
    assert send(api(cast, "commander"), "/people/handler/leave/").status_code == 403


def test_coming_back_gives_neither_post_nor_password(cast: Cast) -> None:
    key = cast.user("handler").pk
    at(cast, "secadmin").post(f"{PEOPLE}{key}/leave/", {})
    assert send(api(cast, "secadmin"), "/people/handler/restore/").status_code == 403
    assert send(api(cast, "sysadmin"), "/people/handler/restore/").status_code == 200
    back = User.objects.get(pk=key)
    assert back.is_active
    assert not back.has_usable_password()
    assert "handler" in {user.username for user in people(state="no_post")}

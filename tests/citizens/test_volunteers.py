"""Volunteers sign up for evenings, wait, step back, come, and are counted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from citizens.models import Contact, PatrolShift, SignUp, Standing
from citizens.rules.community import is_night, may_step_back
from citizens.services.attendance import code_of_shift
from citizens.services.contacts import CONTACTS
from citizens.services.leaving import leave
from citizens.services.standing import ask_for_standing
from citizens.services.volunteers import remind_volunteers
from lianqin.kernel import clock
from relay.models import Channel, OutboxMessage, OutgoingMessage
from relay.services.letters import letter
from tests.citizens.community import SHANGHAI, evening, is_a, plain, team, window
from tests.workorders.conftest import HERE, OTHER_STREET, Desk

Shift = Callable[[dt.timedelta], None]
PAGE, MINE, TEAMS = "/citizen/volunteer/", "/citizen/community/", "/citizen-desk/volunteers/"


def at(hour: int, minute: int = 0, day: int = 1) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("starts", "ends", "night"),
    [
        (at(18), at(20), False),
        (at(18), at(20, 1), True),
        (at(19, 59), at(21), True),
        (at(5), at(7), True),
        (at(6), at(8), False),
        (at(14), at(2, day=2), True),
    ],
)
def test_night_is_from_eight_to_six(starts: dt.datetime, ends: dt.datetime, night: bool) -> None:
    assert is_night(starts, ends) is night


def test_one_may_step_back_until_so_many_hours_before() -> None:
    assert may_step_back(at(13), at(19), 6)
    assert not may_step_back(at(13, 1), at(19), 6)


def to_begin(shift: Shift, evening: PatrolShift, minutes: int = 0) -> None:
    """Move the clock to so many minutes after the evening begins."""
    shift(evening.starts_at - clock.now() + dt.timedelta(minutes=minutes))


def sign(client: Any, of: PatrolShift, do: str = "sign_up") -> int:
    status: int = client.post(PAGE, {"do": do, "shift": of.pk}).status_code
    return status


def test_a_citizen_asks_and_the_workstation_decides(desk: Desk) -> None:
    citizen, officer = window(desk, "citizen"), window(desk, "community_officer")
    community = desk.ground.community.pk
    assert citizen.post(MINE, {"role": "resident", "community": community}).status_code == 400
    assert citizen.post(MINE, {"role": "resident", "community": community, "note": "三幢"}).status_code == 302
    assert (
        citizen.post(MINE, {"role": "resident", "community": desk.ground.community2.pk, "note": "x"}).status_code == 409
    )
    row = Standing.objects.get()
    asked = officer.get("/citizen-desk/community/")
    assert "三幢" in plain(asked)
    (folded,) = re.findall(r'<details class="desk-fold">(.*?)</details>', asked.content.decode(), re.S)
    assert ('value="refuse"' in folded, 'value="confirm"' in folded) == (True, False)
    told = {"do": "confirm", "standing": row.pk, "adult": "on"}
    assert window(desk, "other_officer").post("/citizen-desk/community/", told).status_code == 404
    assert window(desk, "handler").get("/citizen-desk/community/").status_code == 403
    assert officer.post("/citizen-desk/community/", told).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.adult, row.note) == ("confirmed", True, "")
    assert officer.post("/citizen-desk/community/", told).status_code == 409
    assert citizen.post(MINE, {"do": "end", "standing": row.pk}).status_code == 302
    assert Standing.objects.get().state == "ended"


def test_the_workstation_can_tell_applicants_apart_and_reads_what_the_age_is_for(desk: Desk) -> None:
    user = desk.cast.user("citizen")
    for role, note in (("resident", "三幢 502"), ("volunteer", "")):
        ask_for_standing(user_id=user.pk, community_id=desk.ground.community.pk, role=role, note=note)
    officer = window(desk, "community_officer")
    seen = plain(officer.get("/citizen-desk/community/"))
    at = clock.now().astimezone(SHANGHAI)
    assert seen.count(f"{at.month}月{at.day}日") >= 2
    assert all(each in seen for each in ("三幢 502", "没有写说明", "但不能投票", "但不能报名夜里的班次"))
    for row in Standing.objects.all():
        officer.post("/citizen-desk/community/", {"do": "confirm", "standing": row.pk})
    seen = plain(officer.get("/citizen-desk/community/"))
    assert all(each in seen for each in (f"{at:%Y-%m-%d %H}", "未核实，不能投票", "未核实，不能巡夜"))


def test_who_is_not_signed_in_is_led_to_sign_in(desk: Desk, client: Any) -> None:
    assert "请先登录" in plain(client.get(MINE))
    assert "怎么参加" in plain(client.get(PAGE))
    assert client.post(PAGE, {"do": "sign_up", "shift": 1})["Location"] == "/citizen/me/"
    assert "lianqin_session" not in client.cookies


def test_what_is_full_is_waited_for(desk: Desk) -> None:
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)
    one = evening(desk, team(desk), places=1)
    for name in ("citizen", "citizen2"):
        is_a(desk, name, "volunteer")
    first, second = window(desk, "citizen"), window(desk, "citizen2")
    assert (sign(first, one), sign(first, one), sign(second, one)) == (302, 302, 302)
    rows = {row.user.username: (row.state, row.seat) for row in SignUp.objects.select_related("user")}
    assert rows == {"citizen": ("placed", 1), "citizen2": ("waiting", None)}
    assert "候补" in plain(second.get(PAGE))
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(user=desk.cast.user("citizen2")).update(state="placed", seat=1)
    assert sign(first, one, "step_back") == 302
    assert SignUp.objects.get(user=desk.cast.user("citizen2")).state == "placed"


def test_nobody_steps_back_too_late(desk: Desk, shift: Shift) -> None:
    one = evening(desk, team(desk))
    is_a(desk, "citizen", "volunteer")
    client = window(desk, "citizen")
    sign(client, one)
    to_begin(shift, one, -5 * 60)
    answer = client.post(PAGE, {"do": "step_back", "shift": one.pk})
    assert (answer.status_code, "请打电话告诉队长" in plain(answer)) == (409, True)
    assert SignUp.objects.get().state == "placed"


def test_nobody_is_at_two_places_at_a_time(desk: Desk) -> None:
    of, citizen = team(desk), desk.cast.user("citizen")
    first, later = evening(desk, of, hour=18), evening(desk, of, hour=19, hours=3)
    after = evening(desk, of, hour=22, hours=1)
    is_a(desk, "citizen", "volunteer")
    client = window(desk, "citizen")
    assert (sign(client, first), sign(client, later), sign(client, after)) == (302, 409, 302)
    # Not even by a row written by hand.
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.create(shift=later, user=citizen, state="waiting", at=clock.now(), begins_s=1, ends_s=2)
    assert sign(client, first, "step_back") == 302
    assert sign(client, later) == 302
    with pytest.raises(DatabaseError), transaction.atomic():
        PatrolShift.objects.filter(pk=first.pk).update(ends_at=first.ends_at + dt.timedelta(hours=5))


def test_minors_and_strangers_do_not_patrol_at_night(desk: Desk) -> None:
    of = team(desk)
    night, day = evening(desk, of), evening(desk, of, days=3, hour=16)
    is_a(desk, "citizen", "volunteer", adult=False)
    client, stranger = window(desk, "citizen"), window(desk, "citizen2")
    assert (sign(client, night), sign(client, day), sign(stranger, day)) == (403, 302, 403)
    for user in ("citizen", "citizen2"):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignUp.objects.create(shift=night, user=desk.cast.user(user), state="placed", seat=9, at=clock.now())


def test_hours_are_counted_for_who_came(desk: Desk, shift: Shift) -> None:
    is_a(desk, "citizen", "volunteer")
    is_a(desk, "citizen2", "volunteer")
    one = evening(desk, team(desk, "citizen2"))
    member, leader = window(desk, "citizen"), window(desk, "citizen2")
    address = f"{PAGE}{one.pk}/"
    sign(member, one)
    assert member.post(address, {"do": "check_in", "code": code_of_shift(one)}).status_code == 409
    assert member.post(address, {"do": "close", "present": []}).status_code == 404
    to_begin(shift, one, -10)
    assert code_of_shift(one) in plain(leader.get(address))
    assert code_of_shift(one) not in plain(member.get(address))
    wrong = "000000" if code_of_shift(one) != "000000" else "000001"
    assert member.post(address, {"do": "check_in", "code": wrong}).status_code == 400
    assert SignUp.objects.get().tries == 1
    away = {"do": "check_in_here", "lon": OTHER_STREET[0], "lat": OTHER_STREET[1]}
    assert member.post(address, away).status_code == 400
    assert member.post(address, {"do": "check_in_here", "lon": HERE[0], "lat": HERE[1]}).status_code == 302
    row = SignUp.objects.get()
    assert (row.way, row.minutes) == ("position", None)
    assert leader.post(address, {"do": "close", "present": row.pk}).status_code == 409
    to_begin(shift, one, 121)
    assert leader.post(address, {"do": "close", "present": row.pk}).status_code == 302
    assert leader.post(address, {"do": "close", "present": row.pk}).status_code == 409
    row.refresh_from_db()
    assert row.minutes == 120
    assert "累计 2 小时" in plain(member.get(PAGE))
    news = OutboxMessage.objects.get(topic="citizens.community", payload__kind="shift_done").payload
    assert (news["user"], news["minutes"]) == (row.user_id, 120)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(pk=row.pk).update(checked_in_at=None)


def test_ten_wrong_codes_are_enough(desk: Desk, shift: Shift) -> None:
    is_a(desk, "citizen", "volunteer")
    one = evening(desk, team(desk))
    member = window(desk, "citizen")
    sign(member, one)
    to_begin(shift, one)
    SignUp.objects.update(tries=10)
    answer = member.post(f"{PAGE}{one.pk}/", {"do": "check_in", "code": code_of_shift(one)})
    assert (answer.status_code, SignUp.objects.get().checked_in_at) == (400, None)


def test_who_signs_up_anew_has_no_more_codes_to_try(desk: Desk) -> None:
    is_a(desk, "citizen", "volunteer")
    one, member = evening(desk, team(desk)), window(desk, "citizen")
    sign(member, one)
    SignUp.objects.update(tries=9)
    sign(member, one, "step_back")
    sign(member, one)
    assert sorted(SignUp.objects.values_list("state", "tries")) == [("cancelled", 9), ("placed", 9)]


def test_a_leader_counts_no_hours_of_their_own(desk: Desk, shift: Shift) -> None:
    is_a(desk, "citizen", "volunteer")
    one = evening(desk, team(desk, "citizen"))
    leader = window(desk, "citizen")
    sign(leader, one)
    row = SignUp.objects.get()
    to_begin(shift, one, 130)
    assert leader.post(f"{PAGE}{one.pk}/", {"do": "close", "present": row.pk}).status_code == 302
    assert SignUp.objects.get().minutes == 0


def test_volunteers_are_reminded_once_and_told_of_what_is_cancelled(desk: Desk, shift: Shift) -> None:
    user = desk.cast.user("citizen")
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)
    Contact.objects.create(
        user=user, sealed=CONTACTS.close("13900001111"), blind_index=CONTACTS.index("13900001111"),
        shown_phone="139****1111", verified_at=clock.now(),
    )  # fmt: skip
    is_a(desk, "citizen", "volunteer")
    of = team(desk)
    one = evening(desk, of)
    sign(window(desk, "citizen"), one)
    assert remind_volunteers() == 0
    to_begin(shift, one, -60)
    assert (remind_volunteers(), remind_volunteers()) == (1, 0)
    assert "东门岗亭" in letter(OutgoingMessage.objects.get(key__contains=":remind:"))[1]
    officer = window(desk, "community_officer")
    address = f"{TEAMS}{of.pk}/"
    assert officer.post(address, {"do": "cancel", "shift": one.pk, "reason": ""}).status_code == 400
    assert officer.post(address, {"do": "cancel", "shift": one.pk, "reason": "大雨"}).status_code == 302
    assert "大雨" in letter(OutgoingMessage.objects.get(key__contains=":shift-off:"))[1]
    assert SignUp.objects.get().state == "cancelled"


def test_the_workstation_plans_on_paper_and_on_screen(desk: Desk) -> None:
    officer = window(desk, "community_officer")
    told = {"community": desk.ground.community.pk, "name": "夜巡二队", "cancel_hours": "3"}
    assert officer.post(TEAMS, told).status_code == 302
    assert officer.post(TEAMS, told).status_code == 400
    assert officer.post(TEAMS, {**told, "community": desk.ground.other_community.pk}).status_code == 404
    page = plain(officer.get(TEAMS))
    assert "夜巡二队" in page
    of = team(desk)
    address = f"{TEAMS}{of.pk}/"
    day = (clock.now().astimezone(SHANGHAI) + dt.timedelta(days=1)).date()
    plan = {"do": "plan", "day": day.isoformat(), "from": "22:00", "until": "00:30", "places": "4", "place": "西门"}
    assert officer.post(address, {**plan, "day": "someday"}).status_code == 400
    assert officer.post(address, {**plan, "day": "9999-12-31"}).status_code == 400
    for month in ("0001-01", "9999-12"):
        sheet = officer.get(f"{TEAMS}calendar/?month={month}")
        assert (sheet.status_code, "这个月还没有安排巡夜" in plain(sheet), "周一" in plain(sheet)) == (200, True, False)
    assert officer.post(address, plan).status_code == 302
    assert officer.post(address, plan).status_code == 400
    made = PatrolShift.objects.get()
    assert (made.ends_at - made.starts_at, made.night) == (dt.timedelta(minutes=150), True)
    sheet = officer.get(f"{TEAMS}calendar/?month={day:%Y-%m}")
    assert ("西门" in plain(sheet), "周一" in plain(sheet), "没有安排" in plain(sheet)) == (True, True, False)
    assert "西门" not in plain(window(desk, "other_officer").get(f"{TEAMS}calendar/?month={day:%Y-%m}"))
    assert window(desk, "other_officer").get(address).status_code == 404
    assert window(desk, "outsider").get(TEAMS).status_code == 403


def test_who_is_no_volunteer_any_more_gives_back_evenings_and_the_lead(desk: Desk) -> None:
    row = is_a(desk, "citizen", "volunteer")
    of = team(desk, "citizen")
    sign(window(desk, "citizen"), evening(desk, of))
    told = {"do": "end", "standing": row.pk, "reason": "搬走了"}
    assert window(desk, "community_officer").post("/citizen-desk/community/", told).status_code == 302
    of.refresh_from_db()
    assert (SignUp.objects.get().state, of.leader) == ("cancelled", None)


def test_who_leaves_leaves_their_evenings(desk: Desk) -> None:
    one = evening(desk, team(desk), places=1)
    for name in ("citizen", "citizen2"):
        is_a(desk, name, "volunteer")
        sign(window(desk, name), one)
    assert "东门岗亭" in plain(window(desk, "citizen").get("/citizen/me/data/"))
    leave(user_id=desk.cast.user("citizen").pk)
    assert SignUp.objects.get(user=desk.cast.user("citizen2")).state == "placed"
    assert not Standing.objects.filter(user=desk.cast.user("citizen"), state="confirmed").exists()


def test_checking_in_is_offered_when_it_can_be_done(desk: Desk, shift: Shift) -> None:
    for name in ("citizen", "citizen2"):
        is_a(desk, name, "volunteer")
    one = evening(desk, team(desk, "citizen2"), days=5)
    member = window(desk, "citizen")
    member.post(PAGE, {"shift": one.pk})
    opens = (one.starts_at - dt.timedelta(minutes=30)).astimezone(SHANGHAI)
    told = f"{opens.month}月{opens.day}日 19:30 起可以签到"
    for page in (PAGE, f"{PAGE}{one.pk}/"):
        seen = plain(member.get(page))
        assert (told in seen, "到场签到" in seen) == (True, False)
    to_begin(shift, one, -29)
    seen = plain(window(desk, "citizen").get(PAGE))
    assert ("到场签到" in seen, "起可以签到" in seen) == (True, False)

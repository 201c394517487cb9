"""It takes two officers to reach a post: one who gives it, another who gives the key; and none keeps an older key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, PasswordRequest, User
from accounts.services import Slip
from grids.errors import LeavesBefore
from grids.models import AppointmentList, Membership, Unit
from grids.selectors import keys_of
from grids.services import (
    Wanted,
    appoint,
    ask_for_password,
    close_departed,
    confirm_appointments,
    draft_appointments,
    drop_account,
    hand_out_passwords,
    leave,
    open_account,
    reopen_account,
    submit_appointments,
    today,
)
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed
from tests.cast import Cast, SmallGround
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["_nothing_remembered", "categories", "desk", "shift"]
pytestmark = pytest.mark.django_db
OWN = "lantern-river-9"
DAY = dt.timedelta(days=1)


def with_own_key(user: User) -> User:
    user.set_password(OWN)
    user.save()
    return user


def used(slip: Slip) -> Client:
    """A browser in which somebody has used a slip and chosen a password."""
    client = Client()
    client.post("/accounts/signin/", {"username": slip.username, "password": slip.password})
    client.post("/accounts/password/", {"old_password": slip.password, "new_password1": OWN, "new_password2": OWN})
    return client


def listed(cast: Cast, user: User, unit: Unit) -> AppointmentList:
    line = Wanted(user=user, role="street_dispatcher", unit=unit)
    made = draft_appointments(title="一批", lines=[line], by=cast.sysadmin)
    return submit_appointments(list_id=made.pk, by=cast.sysadmin)


def test_who_works_only_through_the_api_has_a_key_of_their_own(cast: Cast) -> None:
    user = with_own_key(cast.user("street_dispatcher"))
    answer = Client().post(
        "/api/v1/auth/token/", {"username": user.username, "password": OWN}, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    for officer in (cast.sysadmin, cast.secadmin):
        with pytest.raises(NotAllowed, match="先申请重置"):
            hand_out_passwords(users=[user], by=officer)
    assert User.objects.get(pk=user.pk).check_password(OWN)


def test_an_account_used_through_the_api_is_not_dropped(cast: Cast) -> None:
    with pytest.raises(Conflict):
        drop_account(user=with_own_key(cast.user("outsider")), by=cast.sysadmin)


def test_a_key_from_before_the_post_opens_nothing(cast: Cast, small_ground: SmallGround) -> None:
    ghost = open_account(full_name="周鹏", by=cast.sysadmin)
    browser = used(hand_out_passwords(users=[ghost], by=cast.sysadmin)[0])
    told = {"username": ghost.username, "password": OWN}
    token = Client().post("/api/v1/auth/token/", told, content_type="application/json").json()["token"]
    made = listed(cast, ghost, small_ground.sub_center)
    ((entry, first),) = keys_of([User.objects.get(pk=ghost.pk)]).values()
    assert entry.actor_id == cast.sysadmin.user_id
    assert first is not None
    security = Client()
    security.force_login(cast.user("secadmin"), backend="django.contrib.auth.backends.ModelBackend")
    page = security.get(f"/configuration/people/lists/{made.pk}/").content.decode()
    assert "密码由 sysadmin 于" in page
    assert "首次使用" in page
    confirm_appointments(list_id=made.pk, by=cast.secadmin)
    assert browser.get("/api/v1/auth/me/").status_code == 401
    assert Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/auth/me/").status_code == 401
    assert not User.objects.get(pk=ghost.pk).has_usable_password()
    assert AuditEntry.objects.filter(action="password_taken", object_label=ghost.username).exists()


def test_a_second_post_leaves_the_key_alone(cast: Cast, small_ground: SmallGround) -> None:
    user = with_own_key(cast.user("street_dispatcher"))
    appoint(user=user, role="supervisor", unit=small_ground.sub_center, by=cast.secadmin)
    assert User.objects.get(pk=user.pk).check_password(OWN)


def test_who_proposed_a_post_does_not_give_its_key(cast: Cast, small_ground: SmallGround) -> None:
    drafted, direct = (open_account(full_name=name, by=cast.sysadmin) for name in ("王芳", "李雷"))
    confirm_appointments(list_id=listed(cast, drafted, small_ground.sub_center).pk, by=cast.secadmin)
    appoint(user=direct, role="district_commander", unit=small_ground.command_center, by=cast.secadmin)
    with pytest.raises(NotAllowed, match="由安全管理员发放：王芳"):
        hand_out_passwords(users=[drafted], by=cast.sysadmin)
    with pytest.raises(NotAllowed, match="由系统管理员发放：李雷"):
        hand_out_passwords(users=[direct], by=cast.secadmin)
    assert hand_out_passwords(users=[drafted], by=cast.secadmin)[0].username == "wangfang"
    assert hand_out_passwords(users=[direct], by=cast.sysadmin)[0].username == "lilei"


def test_whose_posts_both_proposed_takes_a_request(cast: Cast, small_ground: SmallGround) -> None:
    user = open_account(full_name="王芳", by=cast.sysadmin)
    confirm_appointments(list_id=listed(cast, user, small_ground.sub_center).pk, by=cast.secadmin)
    appoint(user=user, role="supervisor", unit=small_ground.sub_center, by=cast.secadmin)
    for officer in (cast.sysadmin, cast.secadmin):
        with pytest.raises(NotAllowed):
            hand_out_passwords(users=[user], by=officer)
    ask_for_password(user=user, reason="首次发放", by=cast.sysadmin)
    assert hand_out_passwords(users=[user], by=cast.secadmin)


@pytest.mark.parametrize(("asks", "gives"), [("sysadmin", "secadmin"), ("secadmin", "sysadmin")])
def test_a_reset_is_asked_for_by_one_and_given_by_the_other(cast: Cast, asks: str, gives: str) -> None:
    user = with_own_key(cast.user("commander"))
    ask_for_password(user=user, reason="本人遗忘", by=getattr(cast, asks))
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[user], by=getattr(cast, asks))
    slip = hand_out_passwords(users=[user], by=getattr(cast, gives))[0]
    used(slip)
    # Good once.
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[user], by=getattr(cast, gives))
    entry = AuditEntry.objects.get(action="password_asked", object_label="commander")
    assert (entry.actor_id, entry.detail["reason"]) == (getattr(cast, asks).user_id, "本人遗忘")


def test_a_request_stands_for_a_day(cast: Cast, shift: Callable[[dt.timedelta], None]) -> None:
    user = with_own_key(cast.user("commander"))
    ask_for_password(user=user, reason="本人遗忘", by=cast.sysadmin)
    shift(dt.timedelta(hours=24, minutes=1))
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[user], by=cast.secadmin)


def test_who_asks_and_for_whom(cast: Cast) -> None:
    user = cast.user("commander")
    for name in ("auditadmin", "commander", "street_dispatcher"):
        with pytest.raises(NotAllowed):
            ask_for_password(user=user, reason="本人遗忘", by=getattr(cast, name))
    for wrong, reason in ((user, " "), (cast.user("outsider"), "无岗位"), (cast.user("citizen"), "市民")):
        with pytest.raises(Invalid):
            ask_for_password(user=wrong, reason=reason, by=cast.sysadmin)
    assert not PasswordRequest.objects.exists()


def test_asking_and_giving_on_the_page_and_over_http(cast: Cast) -> None:
    user = with_own_key(cast.user("commander"))

    def at(name: str) -> Client:
        client = Client()
        client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    path = f"/configuration/people/{user.pk}/"
    page = at("sysadmin").get(path).content.decode()
    assert "申请重置密码" in page
    assert 'data-open-dialog="new-password"' not in page
    told: Any = at("sysadmin").post(path, {"do": "ask_password", "reason": "本人遗忘"}, follow=True)
    assert "请另一名管理员在 24 小时内发放" in told.content.decode()
    page = at("secadmin").get(path).content.decode()
    assert "sysadmin 申请重置密码：本人遗忘" in page
    assert 'data-open-dialog="new-password"' in page
    assert at("secadmin").post("/configuration/people/passwords/", {"user": [user.pk]}).status_code == 200
    with_own_key(User.objects.get(pk=user.pk))
    User.objects.filter(pk=user.pk).update(one_time_until=None)
    body = {"username": "commander", "reason": "本人遗忘"}
    asked = at("secadmin").post("/api/v1/setup/passwords/requests/", body, content_type="application/json")
    assert (asked.status_code, asked.json()["asked_by"]) == (201, "secadmin")
    given = at("sysadmin").post(
        "/api/v1/setup/passwords/", {"usernames": ["commander"]}, content_type="application/json"
    )
    assert given.status_code == 201


# -- beside a departure


def test_no_post_outlasts_a_departure(
    cast: Cast, small_ground: SmallGround, shift: Callable[[dt.timedelta], None]
) -> None:
    user, day = cast.user("outsider"), today() + 3 * DAY
    leave(user=user, leaves_on=day, by=cast.sysadmin)
    told: dict[str, Any] = {"user": user, "role": "supervisor", "unit": small_ground.sub_center, "by": cast.secadmin}
    for ends_on in (None, day + DAY):
        with pytest.raises(LeavesBefore):
            appoint(ends_on=ends_on, **told)
    appoint(ends_on=day, **told)
    waiting = listed(cast, user, small_ground.sub_center)
    # As if it had been given all the same.
    Membership.objects.create(user=user, role="unit_leader", unit=small_ground.urban_squad, starts_on=day + 9 * DAY)
    shift(4 * DAY)
    assert close_departed() == 1
    assert not Membership.objects.filter(user=user).exclude(ends_on__lte=today() + 9 * DAY).exists()
    assert [line.state for line in waiting.lines.all()] == ["refused"]
    assert reopen_account(user=user, by=cast.sysadmin).is_active


def test_nobody_comes_back_into_a_post(cast: Cast, small_ground: SmallGround) -> None:
    user = cast.user("handler")
    leave(user=user, by=cast.secadmin)
    Membership.objects.create(user=user, role="unit_leader", unit=small_ground.urban_squad, starts_on=today())
    with pytest.raises(Conflict, match="还有未结束的岗位"):
        reopen_account(user=user, by=cast.sysadmin)
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("officer", ["sysadmin", "secadmin"])
def test_a_list_whose_people_all_left_is_over(cast: Cast, small_ground: SmallGround, officer: str) -> None:
    made = listed(cast, cast.user("outsider"), small_ground.sub_center)
    leave(user=cast.user("outsider"), by=getattr(cast, officer))
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_a_list_with_others_goes_on(cast: Cast, small_ground: SmallGround) -> None:
    lines = [
        Wanted(user=cast.user(n), role="supervisor", unit=small_ground.sub_center) for n in ("outsider", "handler")
    ]
    made = draft_appointments(title="一批", lines=lines, by=cast.sysadmin)
    submit_appointments(list_id=made.pk, by=cast.sysadmin)
    leave(user=cast.user("outsider"), by=cast.sysadmin)
    assert confirm_appointments(list_id=made.pk, by=cast.secadmin).state == "approved"


def test_on_a_day_to_come_the_successor_gets_the_orders_that_day(
    desk: Desk, shift: Callable[[dt.timedelta], None]
) -> None:
    order = desk.do(desk.report(), "claim", desk.cast.community_officer)
    order = desk.do(order, "assign_worker", desk.cast.community_officer, worker="grid_worker")
    leave(
        user=desk.cast.user("grid_worker"), successor=desk.cast.user("grid_worker2"), leaves_on=today() + DAY,
        by=desk.cast.sysadmin,
    )  # fmt: skip
    order.refresh_from_db()
    assert order.worker_id == desk.cast.user("grid_worker").pk
    shift(2 * DAY)
    assert close_departed() == 1
    order.refresh_from_db()
    assert order.worker_id == desk.cast.user("grid_worker2").pk

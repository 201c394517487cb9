"""Who leaves is shut out on the next request; who may hand out keys; what cannot be closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from knox.models import AuthToken

from accounts.errors import OfficerUntouchable
from accounts.models import User
from accounts.services import create_person, issue_token
from grids.errors import AlreadyLeaving, BudgetExceeded, SecondmentFault, UnitFault, UnitInUse
from grids.models import Departure, EntrustedService, Membership, Secondment, UnitPermission
from grids.selectors import actor_for
from grids.services import (
    appoint,
    ask_for_password,
    change_unit,
    close_departed,
    close_unit,
    create_unit,
    end_membership,
    entrust,
    hand_out_passwords,
    leave,
    pay_entrusted,
    reopen_unit,
    second,
    take_back_departure,
    today,
)
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import Cast, SmallGround
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["_nothing_remembered", "categories", "desk", "shift"]
DAY = dt.timedelta(days=1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("officer", ["sysadmin", "secadmin"])
def test_an_open_browser_is_refused_on_the_next_request(cast: Cast, officer: str) -> None:
    user = cast.user("handler")
    browser, token = signed_in(user), issue_token(user=user)[0]
    api = Client(headers={"Authorization": f"Token {token}"})
    assert browser.get("/api/v1/auth/me/").status_code == 200
    assert api.get("/api/v1/auth/me/").status_code == 200
    leave(user=user, by=getattr(cast, officer), reason="调离")
    assert browser.get("/").status_code == 302
    assert browser.get("/api/v1/auth/me/").status_code == 401
    assert api.get("/api/v1/auth/me/").status_code == 401
    assert not AuthToken.objects.filter(user=user).exists()
    assert not UnitPermission.objects.filter(user=user).exists()
    assert not Membership.objects.filter(user=user).exclude(ends_on=today()).exists()
    gone = User.objects.get(pk=user.pk)
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert not actor_for(gone).grants


def test_leaving_on_a_day_to_come(cast: Cast, shift: Callable[[dt.timedelta], None]) -> None:
    user = cast.user("handler")
    departure = leave(user=user, leaves_on=today() + 2 * DAY, by=cast.sysadmin)
    assert departure.closed_at is None
    assert close_departed() == 0
    browser = signed_in(user)
    assert browser.get("/api/v1/auth/me/").json()["posts"]
    shift(2 * DAY)
    # Before anything has swept, the post gives nothing any more.
    assert browser.get("/api/v1/auth/me/").json()["posts"] == []
    assert close_departed() == 1
    assert close_departed() == 0
    assert browser.get("/api/v1/auth/me/").status_code == 401


def test_staying_after_all(cast: Cast) -> None:
    departure = leave(user=cast.user("handler"), leaves_on=today() + DAY, by=cast.secadmin)
    with pytest.raises(AlreadyLeaving):
        leave(user=cast.user("handler"), by=cast.secadmin)
    take_back_departure(departure=departure, by=cast.secadmin)
    assert not Departure.objects.exists()


@pytest.mark.parametrize("name", ["auditadmin", "commander", "street_dispatcher", "handler"])
def test_who_lets_nobody_go(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        leave(user=cast.user("handler2"), by=getattr(cast, name))
    assert User.objects.get(username="handler2").is_active


def test_officers_do_not_leave_here(cast: Cast) -> None:
    with pytest.raises(OfficerUntouchable):
        leave(user=cast.user("secadmin"), by=cast.sysadmin)


def test_passwords_of_those_with_power_are_not_the_system_administrators(cast: Cast) -> None:
    """He could otherwise sign in as the commander and approve what he drafted."""
    commander = cast.user("commander")
    commander.set_password("lantern-river-9")
    commander.save()
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[commander], by=cast.sysadmin)
    assert User.objects.get(pk=commander.pk).one_time_until is None
    ask_for_password(user=commander, reason="遗忘", by=cast.sysadmin)
    assert len(hand_out_passwords(users=[commander], by=cast.secadmin)) == 1


def test_the_security_officer_opens_no_new_account(cast: Cast) -> None:
    fresh = create_person(full_name="王芳", by=SYSTEM)
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[fresh], by=cast.secadmin)
    assert hand_out_passwords(users=[fresh], by=cast.sysadmin)[0].username == "wangfang"


@pytest.mark.parametrize("name", ["auditadmin", "commander", "outsider", "source"])
def test_nobody_else_hands_out_passwords(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        hand_out_passwords(users=[create_person(full_name="王芳", by=SYSTEM)], by=getattr(cast, name))


def test_no_passwords_for_officers_citizens_and_the_departed(cast: Cast) -> None:
    for name in ("secadmin", "auditadmin", "sysadmin"):
        with pytest.raises(OfficerUntouchable):
            hand_out_passwords(users=[cast.user(name)], by=cast.sysadmin)
    for name in ("citizen", "source"):
        with pytest.raises(Invalid):
            hand_out_passwords(users=[cast.user(name)], by=cast.sysadmin)


def test_a_unit_with_open_orders_or_people_is_not_closed(desk: Desk) -> None:
    squad = desk.ground.own_squad
    with pytest.raises(UnitInUse, match="在任岗位"):
        close_unit(unit=squad, by=desk.cast.sysadmin)
    order = desk.registered()
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=squad.code)
    end_membership(membership=Membership.objects.get(user=desk.cast.user("squad_handler")), by=desk.cast.secadmin)
    with pytest.raises(UnitInUse, match=order.number) as refused:
        close_unit(unit=squad, by=desk.cast.sysadmin)
    assert refused.value.extra["orders"] == [order.number]
    idle = desk.ground.power_bureau
    assert not close_unit(unit=idle, by=desk.cast.sysadmin).active
    assert reopen_unit(unit=idle, by=desk.cast.sysadmin).active


def test_units_are_begun_and_changed(cast: Cast, small_ground: SmallGround) -> None:
    told = {"name": "东街街道绿化队", "short_name": "东街绿化队", "kind": "duty_department", "function": "greening"}
    made = create_unit(values={**told, "street": "320999001", "phone": "025-1"}, by=cast.sysadmin)
    assert (made.code, made.level, made.pinyin) == ("320999001-greening", "street", "dongjielvhuadui")
    changed = change_unit(unit=made, values={"phone": "025-2"}, by=cast.sysadmin)
    assert (changed.phone, changed.name) == ("025-2", "东街街道绿化队")
    group = create_unit(values={"name": "领导小组", "kind": "leading_group"}, by=cast.sysadmin)
    assert (group.code, group.level, group.street) == ("320999-ldxz", "district", None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "kind": "office"}, "name"),
        ({"name": "x", "kind": "king"}, "kind"),
        ({"name": "x", "kind": "duty_department"}, "function"),
        ({"name": "x", "kind": "sub_center"}, "street"),
        ({"name": "x", "kind": "sub_center", "street": "320999001"}, "kind"),  # There is one already.
        ({"name": "x", "kind": "workstation", "street": "320999001"}, "community"),
        ({"name": "x", "kind": "office", "community": "320999001001"}, "community"),
        ({"name": "x", "kind": "command_center", "street": "320999001"}, "street"),
        ({"name": "x", "kind": "office", "street": "999"}, "street"),
    ],
)
def test_units_that_cannot_stand(cast: Cast, values: dict[str, str], field: str) -> None:
    with pytest.raises(UnitFault) as refused:
        create_unit(values=values, by=cast.sysadmin)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("name", ["secadmin", "commander", "street_dispatcher"])
def test_only_the_system_administrator_edits_units(cast: Cast, small_ground: SmallGround, name: str) -> None:
    for verb in (
        lambda by: create_unit(values={"name": "x", "kind": "office"}, by=by),
        lambda by: close_unit(unit=small_ground.water_bureau, by=by),
        lambda by: second(unit=small_ground.water_bureau, centre=small_ground.command_center, kind="resident", by=by),
    ):
        with pytest.raises(NotAllowed):
            verb(getattr(cast, name))


def test_seconding(cast: Cast, small_ground: SmallGround) -> None:
    people = [cast.user("district_handler2")]
    told = {"unit": small_ground.water_bureau, "centre": small_ground.command_center, "by": cast.sysadmin}
    made = second(kind="resident", people=people, **told)
    assert small_ground.unit("-water").presence == "resident"
    assert actor_for(people[0]).grants == cast.district_handler2.grants
    with pytest.raises(SecondmentFault):
        second(kind="on_call", **told)
    with pytest.raises(SecondmentFault):
        second(unit=small_ground.urban_squad, centre=small_ground.sub_center2, kind="resident", by=cast.sysadmin)
    with pytest.raises(SecondmentFault):
        second(
            unit=small_ground.power_bureau, centre=small_ground.command_center, kind="resident", people=people,
            by=cast.sysadmin,
        )  # fmt: skip
    leave(user=people[0], by=cast.sysadmin)
    assert not Secondment.objects.get(pk=made.pk).people.exists()


def test_no_more_is_paid_than_was_entrusted(cast: Cast, small_ground: SmallGround) -> None:
    group = create_unit(values={"name": "社工中心", "kind": "social_group"}, by=cast.sysadmin)
    told = {"entrusted_by": small_ground.water_bureau, "matter": "走访", "year": 2026, "by": cast.sysadmin}
    service = entrust(unit=group, amount=Decimal("1000.00"), **told)
    with pytest.raises(SecondmentFault):
        entrust(unit=group, amount=Decimal(1), **told)
    with pytest.raises(SecondmentFault):
        entrust(unit=small_ground.power_bureau, amount=Decimal(1), **told)
    pay_entrusted(service=service, amount=Decimal("600.50"), by=cast.sysadmin)
    with pytest.raises(BudgetExceeded, match=r"余额 399.50 元"):
        pay_entrusted(service=service, amount=Decimal("399.51"), by=cast.sysadmin)
    pay_entrusted(service=service, amount=Decimal("-0.50"), by=cast.sysadmin)
    assert EntrustedService.objects.get().paid == Decimal("600.00")
    with pytest.raises(BudgetExceeded):
        pay_entrusted(service=service, amount=Decimal("-600.01"), by=cast.sysadmin)


def test_social_groups_are_not_dispatched_to(desk: Desk) -> None:
    group = create_unit(values={"name": "社工中心", "kind": "social_group"}, by=desk.cast.sysadmin)
    order = desk.registered()
    with pytest.raises(Invalid):
        desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=group.code)


def test_leaders_of_groups_see_no_orders(desk: Desk) -> None:
    group = create_unit(values={"name": "领导小组", "kind": "leading_group"}, by=desk.cast.sysadmin)
    appoint(user=desk.cast.user("outsider"), role="unit_leader", unit=group, by=desk.cast.secadmin)
    order = desk.registered()
    client = signed_in(desk.cast.user("outsider"))
    assert client.get(f"/api/v1/orders/{order.number}/").status_code == 404

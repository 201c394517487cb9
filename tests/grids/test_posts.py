"""Who may hold a post, and what it gives: today, not before and not after."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from grids import ground
from grids.errors import NotStaff, OfficerHoldsNoPost, PostDoesNotFit, PostHolderIsNoOfficer, PostTaken
from grids.models import Membership, StreetPermission, Unit
from grids.selectors import actor_for, units_for_dispatch
from grids.services import appoint, end_membership, make_officer, today
from tests.cast import NAMES, OFFICERS, Cast, SmallGround

DAY = dt.timedelta(days=1)
CENTRE = {"view_orders", "register_orders", "dispatch_orders", "check_orders", "approve_requests"}


def test_what_each_of_the_cast_holds(cast: Cast, small_ground: SmallGround) -> None:
    d, s = f"d:{small_ground.district.pk}", f"s:{small_ground.street.pk}"
    station, c = f"u:{small_ground.workstation.pk}", f"c:{small_ground.community.pk}"
    squad, g = f"u:{small_ground.urban_squad.pk}", f"g:{small_ground.grid.pk}"
    expected: dict[str, dict[str, set[str]]] = {
        "commander": {name: {d} for name in CENTRE | {"command_orders", "supervise_orders"}},
        "district_dispatcher": {name: {d} for name in CENTRE},
        "street_dispatcher": {name: {s} for name in CENTRE},
        "supervisor": {name: {d} for name in ("view_orders", "check_orders", "supervise_orders")},
        "street_supervisor": {name: {s} for name in ("view_orders", "check_orders", "supervise_orders")},
        "community_officer": {
            **{name: {station, c} for name in ("view_orders", "claim_orders", "confirm_orders")},
            "view_attention": {c},
        },
        "handler": {name: {squad} for name in ("view_orders", "handle_orders")},
        "grid_worker": {name: {g} for name in ("view_orders", "handle_on_site", "view_attention")},
        "grid_worker2": {name: {g} for name in ("view_orders", "handle_on_site")},
        "grid_leader": {name: {g} for name in ("view_orders", "handle_on_site", "confirm_orders", "view_attention")},
    }
    for name, grants in expected.items():
        assert getattr(cast, name).grants == {**grants, "report_orders": {d}}, name


def test_who_holds_nothing(cast: Cast, small_ground: SmallGround) -> None:
    for name in ("outsider", "sysadmin", "secadmin", "auditadmin"):
        assert not getattr(cast, name).grants, name
        assert not getattr(cast, name).posts, name
    assert cast.source.grants == {"report_orders": {f"d:{small_ground.district.pk}"}}
    assert cast.source.kind == "source"


@pytest.mark.parametrize("name", NAMES)
def test_an_actor_costs_one_query(cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    user = cast.user(name)
    actor_for(user)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        actor_for(user)
    # Officers hold no posts, citizens and sources none: nothing is asked for them.
    assert len(queries) == (0 if name in (*OFFICERS, "citizen", "citizen2", "source") else 1)


@pytest.mark.parametrize(
    ("starts", "ends", "gives"),
    [(0, None, True), (-5, None, True), (1, None, False), (-5, 1, True), (-5, 0, False), (-5, -1, False)],
)
def test_a_post_gives_only_while_it_lasts(
    cast: Cast, small_ground: SmallGround, starts: int, ends: int | None, gives: bool
) -> None:
    appoint(
        user=cast.user("outsider"),
        role="street_dispatcher",
        unit=small_ground.sub_center,
        starts_on=today() + starts * DAY,
        ends_on=None if ends is None else today() + ends * DAY,
    )
    actor = actor_for(cast.user("outsider"))
    assert bool(actor.grants) is gives
    assert bool(actor.posts) is gives


def test_an_ended_post_gives_nothing_at_once(cast: Cast, small_ground: SmallGround) -> None:
    user = cast.user("outsider")
    membership = appoint(user=user, role="street_dispatcher", unit=small_ground.sub_center, by_id=user.pk)
    assert actor_for(user).may("dispatch_orders", {f"s:{small_ground.street.pk}"})
    end_membership(membership=membership, by_id=user.pk)
    assert not actor_for(user).grants
    assert not StreetPermission.objects.filter(user=user).exists()
    actions = AuditEntry.objects.filter(object_label="outsider").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["membership_started", "membership_ended"]


def test_a_second_post_keeps_its_grants(cast: Cast, small_ground: SmallGround) -> None:
    user, s = cast.user("outsider"), {f"s:{small_ground.street.pk}"}
    dispatcher = appoint(user=user, role="street_dispatcher", unit=small_ground.sub_center)
    appoint(user=user, role="supervisor", unit=small_ground.sub_center)
    end_membership(membership=dispatcher)
    actor = actor_for(user)
    assert actor.may("view_orders", s)
    assert actor.may("supervise_orders", s)
    assert not actor.may("dispatch_orders", s)


def test_a_post_without_its_written_grant_gives_nothing(cast: Cast) -> None:
    StreetPermission.objects.filter(user=cast.user("street_dispatcher")).delete()
    assert set(actor_for(cast.user("street_dispatcher")).grants) == {"report_orders"}


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditadmin"])
def test_officers_hold_no_post(cast: Cast, small_ground: SmallGround, name: str) -> None:
    with pytest.raises(OfficerHoldsNoPost):
        appoint(user=cast.user(name), role="street_dispatcher", unit=small_ground.sub_center)
    assert not Membership.objects.filter(user=cast.user(name)).exists()


def test_post_holders_become_no_officers(cast: Cast) -> None:
    with pytest.raises(PostHolderIsNoOfficer):
        make_officer(user=cast.user("handler"), officer="secadmin")
    assert make_officer(user=cast.user("outsider"), officer="secadmin").officer == "secadmin"


def test_the_database_holds_the_separation_too(cast: Cast, small_ground: SmallGround) -> None:
    officer = cast.user("sysadmin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=officer, unit=small_ground.sub_center, role="street_dispatcher", starts_on=today()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(username="handler").update(officer="sysadmin")


def test_citizens_and_sources_hold_no_post(cast: Cast, small_ground: SmallGround) -> None:
    for name in ("citizen", "source"):
        with pytest.raises(NotStaff):
            appoint(user=cast.user(name), role="department_handler", unit=small_ground.urban_squad)


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("street_dispatcher", "command_center"),
        ("district_commander", "sub_center"),
        ("community_officer", "urban_squad"),
        ("department_handler", "workstation"),
        ("grid_worker", "workstation"),
        ("emperor", "command_center"),
    ],
)
def test_a_role_fits_its_unit(cast: Cast, small_ground: SmallGround, role: str, unit: str) -> None:
    with pytest.raises(PostDoesNotFit):
        appoint(user=cast.user("outsider"), role=role, unit=getattr(small_ground, unit))


def test_one_leader_and_one_full_time_worker_a_grid(cast: Cast, small_ground: SmallGround) -> None:
    for post in ("grid_leader", "full_time_worker"):
        with pytest.raises(PostTaken):
            appoint(user=cast.user("outsider"), role="grid_worker", grid=small_ground.grid, post=post)


@pytest.mark.parametrize("name", ["command_center", "sub_center", "workstation"])
def test_one_centre_a_place(small_ground: SmallGround, name: str) -> None:
    twin: Unit = getattr(small_ground, name)
    twin.pk, twin.code = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_units_for_dispatch(small_ground: SmallGround) -> None:
    district_id = small_ground.district.pk
    street = units_for_dispatch(level="street", street_id=small_ground.street.pk, district_id=district_id)
    assert {unit.street_id for unit in street} == {small_ground.street.pk}
    assert len(street) == 9
    assert len(units_for_dispatch(level="district", street_id=None, district_id=district_id)) == 23 + 18

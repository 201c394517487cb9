"""Who may hold a post, and what it gives: today, not before and not after."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from grids import ground
from grids.errors import (
    DeputyDoesNotFit,
    NotInService,
    NotStaff,
    OfficerHoldsNoPost,
    PostDoesNotFit,
    PostHolderIsNoOfficer,
    PostTaken,
)
from grids.models import Membership, StreetPermission, Unit
from grids.selectors import actor_for, units_for_dispatch
from grids.services import appoint, end_membership, make_officer, name_deputy, today
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import NotAllowed
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
        by=cast.secadmin,
    )
    actor = actor_for(cast.user("outsider"))
    assert bool(actor.grants) is gives
    assert bool(actor.posts) is gives


def test_an_ended_post_gives_nothing_at_once(cast: Cast, small_ground: SmallGround) -> None:
    user = cast.user("outsider")
    membership = appoint(user=user, role="street_dispatcher", unit=small_ground.sub_center, by=cast.secadmin)
    assert actor_for(user).may("dispatch_orders", {f"s:{small_ground.street.pk}"})
    end_membership(membership=membership, by=cast.secadmin)
    assert not actor_for(user).grants
    assert not StreetPermission.objects.filter(user=user).exists()
    actions = AuditEntry.objects.filter(object_label="outsider").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["membership_started", "membership_ended"]


def test_a_second_post_keeps_its_grants(cast: Cast, small_ground: SmallGround) -> None:
    user, s = cast.user("outsider"), {f"s:{small_ground.street.pk}"}
    dispatcher = appoint(user=user, role="street_dispatcher", unit=small_ground.sub_center, by=cast.secadmin)
    appoint(user=user, role="supervisor", unit=small_ground.sub_center, by=cast.secadmin)
    end_membership(membership=dispatcher, by=cast.secadmin)
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
        appoint(user=cast.user(name), role="street_dispatcher", unit=small_ground.sub_center, by=cast.secadmin)
    assert not Membership.objects.filter(user=cast.user(name)).exists()


def test_post_holders_become_no_officers(cast: Cast) -> None:
    with pytest.raises(PostHolderIsNoOfficer):
        make_officer(user=cast.user("handler"), officer="secadmin", by=SYSTEM)
    assert make_officer(user=cast.user("outsider"), officer="secadmin", by=SYSTEM).officer == "secadmin"


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
            appoint(user=cast.user(name), role="department_handler", unit=small_ground.urban_squad, by=cast.secadmin)


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
        appoint(user=cast.user("outsider"), role=role, unit=getattr(small_ground, unit), by=cast.secadmin)


def test_one_leader_and_one_full_time_worker_a_grid(cast: Cast, small_ground: SmallGround) -> None:
    for post in ("grid_leader", "full_time_worker"):
        with pytest.raises(PostTaken):
            appoint(user=cast.user("outsider"), role="grid_worker", grid=small_ground.grid, post=post, by=cast.secadmin)


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


@pytest.mark.parametrize("name", ["sysadmin", "auditadmin", "commander", "street_dispatcher", "outsider"])
def test_only_the_security_officer_appoints(cast: Cast, small_ground: SmallGround, name: str) -> None:
    with pytest.raises(NotAllowed):
        appoint(user=cast.user("outsider"), role="supervisor", unit=small_ground.sub_center, by=getattr(cast, name))
    held = Membership.objects.get(user=cast.user("handler"))
    with pytest.raises(NotAllowed):
        end_membership(membership=held, by=getattr(cast, name))
    with pytest.raises(NotAllowed):
        make_officer(user=cast.user("outsider"), officer="secadmin", by=getattr(cast, name))
    assert not Membership.objects.filter(user=cast.user("outsider")).exists()


def test_not_even_the_security_officer_makes_officers(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        make_officer(user=cast.user("outsider"), officer="sysadmin", by=cast.secadmin)


def test_a_deputy_leads_beside_the_leader(cast: Cast, small_ground: SmallGround) -> None:
    leader = Membership.objects.get(user=cast.user("grid_leader"))
    deputy = appoint(
        user=cast.user("outsider"), role="grid_worker", post="grid_leader", grid=small_ground.grid,
        standing="b_role", deputy_of=leader, by=cast.secadmin,
    )  # fmt: skip
    assert list(leader.deputies.all()) == [deputy]
    assert actor_for(cast.user("outsider")).may("confirm_orders", {f"g:{small_ground.grid.pk}"})
    with pytest.raises(PostTaken):
        name_deputy(membership=deputy, standing="", deputy_of=None, by=cast.secadmin)


def test_whose_deputy_one_can_be(cast: Cast, small_ground: SmallGround) -> None:
    first = Membership.objects.get(user=cast.user("street_dispatcher"))
    second = Membership.objects.get(user=cast.user("street_dispatcher2"))
    elsewhere = Membership.objects.get(user=cast.user("other_street_dispatcher"))
    assert name_deputy(membership=second, standing="b_role", deputy_of=first, by=cast.secadmin).deputy_of == first
    for membership, standing, deputy_of in (
        (first, "b_role", second),  # Each the deputy of the other.
        (second, "b_role", elsewhere),
        (second, "b_role", second),
        (second, "", first),
        (second, "vice", None),
        (second, "king", first),
    ):
        with pytest.raises(DeputyDoesNotFit):
            name_deputy(membership=membership, standing=standing, deputy_of=deputy_of, by=cast.secadmin)


def test_a_leader_sees_what_the_unit_sees(cast: Cast, small_ground: SmallGround) -> None:
    user = cast.user("outsider")
    appoint(user=user, role="unit_leader", unit=small_ground.sub_center, title="街道党工委书记", by=cast.secadmin)
    appoint(user=user, role="unit_leader", unit=small_ground.urban_squad, by=cast.secadmin)
    seen = actor_for(user).tokens("view_orders")
    assert seen == {f"s:{small_ground.street.pk}", f"u:{small_ground.urban_squad.pk}"}
    assert set(actor_for(user).grants) == {"view_orders", "report_orders"}


def test_no_post_for_a_closed_account_or_in_a_closed_unit(cast: Cast, small_ground: SmallGround) -> None:
    User.objects.filter(username="outsider").update(is_active=False)
    with pytest.raises(NotInService):
        appoint(user=cast.user("outsider"), role="supervisor", unit=small_ground.sub_center, by=cast.secadmin)
    User.objects.filter(username="outsider").update(is_active=True)
    Unit.objects.filter(pk=small_ground.sub_center.pk).update(active=False)
    with pytest.raises(PostDoesNotFit):
        appoint(
            user=cast.user("outsider"), role="supervisor", unit=Unit.objects.get(pk=small_ground.sub_center.pk),
            by=cast.secadmin,
        )  # fmt: skip

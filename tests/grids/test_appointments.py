"""Posts in bulk: drafted by one, confirmed by another, in force at once and all or none."""

import pytest
from django.test import Client

from accounts.errors import DraftDecided, DraftNotOpen, SecondPersonNeeded
from accounts.models import AuditEntry, User
from accounts.services import create_person
from grids.errors import AppointmentFault, OfficerHoldsNoPost, PostDoesNotFit
from grids.models import AppointmentLine, AppointmentList, Membership
from grids.selectors import actor_for
from grids.services import (
    Wanted,
    add_appointments,
    confirm_appointments,
    draft_appointments,
    drop_appointment,
    refuse_appointments,
    submit_appointments,
    today,
    withdraw_appointments,
)
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import Cast, SmallGround
from tests.configuration.deciding import decide


@pytest.fixture
def people(db: None) -> list[User]:
    return [create_person(full_name=name, by=SYSTEM) for name in ("王芳", "李雷", "韩梅")]


@pytest.fixture
def waiting(cast: Cast, small_ground: SmallGround, people: list[User]) -> AppointmentList:
    lines = [Wanted(user=user, role="department_handler", unit=small_ground.market_squad) for user in people]
    made = draft_appointments(title="十一月名单", lines=lines, by=cast.sysadmin)
    return submit_appointments(list_id=made.pk, by=cast.sysadmin)


def states(waiting: AppointmentList) -> list[str]:
    return list(AppointmentLine.objects.filter(list=waiting).order_by("pk").values_list("state", flat=True))


def test_nothing_is_in_force_before_it_is_confirmed(cast: Cast, waiting: AppointmentList, people: list[User]) -> None:
    assert not actor_for(people[0]).grants
    confirm_appointments(list_id=waiting.pk, by=cast.secadmin)
    assert {"view_orders", "handle_orders"} <= set(actor_for(people[0]).grants)
    assert states(waiting) == ["confirmed"] * 3
    decided = AppointmentList.objects.get(pk=waiting.pk)
    assert (decided.state, decided.decided_by_id) == ("approved", cast.secadmin.user_id)
    started = AuditEntry.objects.filter(action="membership_started", actor=cast.user("secadmin"))
    assert set(started.values_list("object_label", flat=True)) == {user.username for user in people}


def test_some_are_confirmed_and_some_refused_with_a_reason(cast: Cast, waiting: AppointmentList) -> None:
    first, second, third = AppointmentLine.objects.filter(list=waiting).order_by("pk")
    confirm_appointments(list_id=waiting.pk, line_ids=[first.pk], by=cast.secadmin)
    assert AppointmentList.objects.get(pk=waiting.pk).state == "submitted"
    with pytest.raises(Invalid):
        refuse_appointments(list_id=waiting.pk, line_ids=[second.pk], reason=" ", by=cast.secadmin)
    refuse_appointments(list_id=waiting.pk, line_ids=[second.pk, third.pk], reason="政审未过", by=cast.secadmin)
    assert states(waiting) == ["confirmed", "refused", "refused"]
    assert AppointmentLine.objects.get(pk=third.pk).reason == "政审未过"
    assert AppointmentList.objects.get(pk=waiting.pk).state == "approved"
    with pytest.raises(DraftDecided):
        confirm_appointments(list_id=waiting.pk, by=cast.secadmin)


def test_a_list_of_refusals_is_refused(cast: Cast, waiting: AppointmentList) -> None:
    refuse_appointments(list_id=waiting.pk, reason="重报", by=cast.secadmin)
    kept = AppointmentList.objects.get(pk=waiting.pk)
    assert (kept.state, kept.opinion) == ("refused", "重报")
    assert not Membership.objects.filter(user__full_name__in=("王芳", "李雷", "韩梅")).exists()


@pytest.mark.parametrize("name", ["sysadmin", "auditadmin", "commander", "street_dispatcher"])
def test_who_drafts_confirms_nothing(cast: Cast, waiting: AppointmentList, name: str) -> None:
    for verb in (confirm_appointments, lambda **told: refuse_appointments(reason="x", **told)):
        with pytest.raises(NotAllowed):
            verb(list_id=waiting.pk, by=getattr(cast, name))
    assert states(waiting) == ["waiting"] * 3


def test_not_even_under_another_hat(cast: Cast, waiting: AppointmentList) -> None:
    AppointmentList.objects.filter(pk=waiting.pk).update(drafted_by=cast.user("secadmin"))
    with pytest.raises(SecondPersonNeeded):
        confirm_appointments(list_id=waiting.pk, by=cast.secadmin)


def test_all_or_none(cast: Cast, small_ground: SmallGround, people: list[User]) -> None:
    """The second line is taken by somebody already: the first does not stand either."""
    lines = [
        Wanted(user=people[0], role="department_handler", unit=small_ground.market_squad),
        Wanted(user=people[1], role="grid_worker", grid=small_ground.grid, post="full_time_worker"),
    ]
    made = draft_appointments(title="x", lines=lines, by=cast.sysadmin)
    submit_appointments(list_id=made.pk, by=cast.sysadmin)
    with pytest.raises(AppointmentFault) as refused:
        confirm_appointments(list_id=made.pk, by=cast.secadmin)
    second = AppointmentLine.objects.get(list=made, user=people[1])
    told = (
        f"李雷（{small_ground.grid} 专职网格员）：该岗位已有人在任（grid_worker）。先办理其离任或免去此岗，或退回此项"
    )
    assert refused.value.fields == {str(second.pk): [told]}
    assert refused.value.extra["lines"] == {second.pk: "post_taken"}
    assert states(made) == ["waiting", "waiting"]
    assert not Membership.objects.filter(user__in=people).exists()


def test_every_line_that_cannot_stand_is_named_and_the_others_can_be_confirmed(
    cast: Cast, small_ground: SmallGround, people: list[User], client: Client
) -> None:
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    lines = [
        Wanted(user=people[0], role="department_handler", unit=small_ground.market_squad),
        Wanted(user=people[1], role="grid_worker", grid=small_ground.grid, post="full_time_worker"),
        Wanted(user=people[2], role="department_handler", unit=small_ground.market_squad),
    ]
    made = draft_appointments(title="x", lines=lines, by=cast.sysadmin)
    submit_appointments(list_id=made.pk, by=cast.sysadmin)
    first, second, third = AppointmentLine.objects.filter(list=made).order_by("pk")
    client.force_login(cast.user("secadmin"), backend="django.contrib.auth.backends.ModelBackend")
    address = f"/configuration/people/lists/{made.pk}/"
    answer = decide(client, address, {"do": "confirm_all"})
    page = answer.content.decode()
    assert "2 项任职不能确认，其余 1 项已勾选，可“确认所选”" in page
    assert "王芳（" in page
    assert "须先恢复账号方可任职" in page
    assert "先办理其离任或免去此岗，或退回此项" in page
    assert answer.context["chosen"] == {str(third.pk)}
    blind = client.post(address, {"do": "confirm", "line": [str(third.pk)], "seen": "2026-01-01T00:00:00+08:00"})
    assert (blind.status_code, "在您查看之后已重新提交" in blind.content.decode()) == (409, True)
    decide(client, address, {"do": "confirm", "line": [str(third.pk)]})
    assert states(made) == ["waiting", "waiting", "confirmed"]
    both = decide(client, address, {"do": "confirm", "line": [str(first.pk), str(second.pk)]})
    assert "所选 2 项任职都不能确认" in both.content.decode()


def test_a_list_that_was_taken_back_waits_for_nobody(cast: Cast, waiting: AppointmentList, client: Client) -> None:
    line = AppointmentLine.objects.filter(list=waiting).order_by("pk").first()
    assert line is not None
    confirm_appointments(list_id=waiting.pk, line_ids=[line.pk], by=cast.secadmin)
    withdraw_appointments(list_id=waiting.pk, by=cast.sysadmin)
    assert states(waiting) == ["confirmed", "withdrawn", "withdrawn"]
    client.force_login(cast.user("secadmin"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/configuration/people/lists/{waiting.pk}/").content.decode()
    assert 'name="line"' not in page
    assert page.count("已撤销") == 3  # The list and its two lines.
    left = AppointmentLine.objects.filter(list=waiting).order_by("pk")[1]
    assert "待确认" not in client.get(f"/configuration/people/{left.user_id}/").content.decode()


def test_a_deputy_follows_the_leader_of_the_same_list(
    cast: Cast, small_ground: SmallGround, people: list[User]
) -> None:
    lines = [
        Wanted(user=people[1], role="unit_leader", unit=small_ground.sub_center, standing="vice"),
        Wanted(user=people[0], role="unit_leader", unit=small_ground.sub_center, title="分中心主任"),
    ]
    made = draft_appointments(title="x", lines=lines, by=cast.sysadmin)
    submit_appointments(list_id=made.pk, by=cast.sysadmin)
    confirm_appointments(list_id=made.pk, by=cast.secadmin)
    deputy = Membership.objects.get(user=people[1])
    assert deputy.deputy_of is not None
    assert (deputy.standing, deputy.deputy_of.user) == ("vice", people[0])


def test_no_post_begins_before_it_was_confirmed(cast: Cast, small_ground: SmallGround, people: list[User]) -> None:
    long_ago = today().replace(year=2020, day=1)
    lines = [Wanted(user=people[0], role="supervisor", unit=small_ground.sub_center, starts_on=long_ago)]
    made = draft_appointments(title="x", lines=lines, by=cast.sysadmin)
    submit_appointments(list_id=made.pk, by=cast.sysadmin)
    confirm_appointments(list_id=made.pk, by=cast.secadmin)
    assert Membership.objects.get(user=people[0]).starts_on == today()


def test_what_cannot_be_drafted(cast: Cast, small_ground: SmallGround, people: list[User]) -> None:
    with pytest.raises(OfficerHoldsNoPost):
        draft_appointments(
            title="x", by=cast.sysadmin,
            lines=[Wanted(user=cast.user("sysadmin"), role="supervisor", unit=small_ground.sub_center)],
        )  # fmt: skip
    with pytest.raises(PostDoesNotFit):
        draft_appointments(
            title="x", by=cast.sysadmin,
            lines=[Wanted(user=people[0], role="district_commander", unit=small_ground.sub_center)],
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        draft_appointments(title="x", lines=[], by=cast.secadmin)
    assert not AppointmentList.objects.exists()


def test_a_submitted_list_is_not_changed(cast: Cast, small_ground: SmallGround, waiting: AppointmentList) -> None:
    line = AppointmentLine.objects.filter(list=waiting).first()
    assert line is not None
    with pytest.raises(DraftNotOpen):
        drop_appointment(line_id=line.pk, by=cast.sysadmin)
    wanted = Wanted(user=cast.user("outsider"), role="supervisor", unit=small_ground.sub_center)
    with pytest.raises(DraftNotOpen):
        add_appointments(list_id=waiting.pk, lines=[wanted], by=cast.sysadmin)
    withdraw_appointments(list_id=waiting.pk, by=cast.sysadmin)
    with pytest.raises(DraftDecided):
        confirm_appointments(list_id=waiting.pk, by=cast.secadmin)

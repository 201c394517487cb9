"""Swaps: asked, consented to, approved; nobody twice at once, eight hours of rest, nobody decides on their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.models import Notice, ShiftTemplate, Swap, Watch
from dispatch.services import answer_swap, ask_swap, decide_swap, expire_swaps, withdraw_swap
from grids.models import Membership
from grids.selectors import actor_for
from grids.services import write_grants
from lianqin.kernel.actors import Actor
from tests.cast import SINCE, Cast, SmallGround
from tests.dispatch.rosters import shift_at, watch


def two(cast: Cast, ground: SmallGround, gap: float = 40) -> tuple[Watch, Watch]:
    mine = watch(shift_at(ground.sub_center, 10), cast.user("street_dispatcher"))
    return mine, watch(shift_at(ground.sub_center, 10 + gap), cast.user("street_dispatcher2"))


def ask(cast: Cast, mine: Watch, theirs: Watch | None) -> Swap:
    partner = cast.user("street_dispatcher2").pk
    return ask_swap(
        watch_id=mine.pk, partner_id=partner, partner_watch_id=theirs.pk if theirs else None, reason="",
        by=cast.street_dispatcher,
    )  # fmt: skip


def holders() -> list[str]:
    return list(Watch.objects.order_by("shift__starts_at").values_list("user__username", flat=True))


def test_consent_and_approval(cast: Cast, small_ground: SmallGround) -> None:
    mine, theirs = two(cast, small_ground)
    swap = ask(cast, mine, theirs)
    assert Notice.objects.get().user_id == cast.user("street_dispatcher2").pk
    assert holders() == ["street_dispatcher", "street_dispatcher2"]
    with pytest.raises(NotVisible):
        answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher)
    assert answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher2).state == "consented"
    for own in (cast.street_dispatcher, cast.street_dispatcher2, cast.other_street_dispatcher):
        with pytest.raises(NotAllowed):
            decide_swap(swap_id=swap.pk, approves=True, by=own)
    assert holders() == ["street_dispatcher", "street_dispatcher2"]
    post = Membership.objects.create(
        user=cast.user("outsider"), unit=small_ground.sub_center, role="street_dispatcher", starts_on=SINCE
    )
    write_grants([post])
    assert decide_swap(swap_id=swap.pk, approves=True, by=actor_for(cast.user("outsider"))).state == "done"
    assert holders() == ["street_dispatcher2", "street_dispatcher"]


def test_at_once_where_the_unit_wants_no_approval(cast: Cast, small_ground: SmallGround) -> None:
    ShiftTemplate.objects.create(unit=small_ground.sub_center, name="值守", swap_needs_approval=False)
    mine, theirs = two(cast, small_ground)
    swap = ask(cast, mine, theirs)
    assert answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher2).state == "done"
    assert holders() == ["street_dispatcher2", "street_dispatcher"]


def test_rest_is_checked_as_it_will_be(cast: Cast, small_ground: SmallGround) -> None:
    mine, theirs = two(cast, small_ground)
    watch(shift_at(small_ground.sub_center, 24), cast.user("street_dispatcher2"))
    with pytest.raises(RosterRefused) as refusal:
        ask(cast, mine, theirs)
    assert refusal.value.extra["conflicts"] == ["rest"]
    assert not Swap.objects.exists()


def test_nobody_twice_at_once(cast: Cast, small_ground: SmallGround) -> None:
    mine, _theirs = two(cast, small_ground, gap=4)
    with pytest.raises(RosterRefused) as refusal:
        ask(cast, mine, None)
    assert refusal.value.extra["conflicts"] == ["double"]


def test_checked_again_as_it_is_carried_out(cast: Cast, small_ground: SmallGround) -> None:
    ShiftTemplate.objects.create(unit=small_ground.sub_center, name="值守", swap_needs_approval=False)
    mine, theirs = two(cast, small_ground)
    swap = ask(cast, mine, theirs)
    watch(shift_at(small_ground.sub_center2, 12), cast.user("street_dispatcher2"))
    with pytest.raises(RosterRefused):
        answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher2)
    swap.refresh_from_db()
    assert swap.state == "asked"


def test_refused_withdrawn_and_run_out(
    cast: Cast, small_ground: SmallGround, shift: Callable[[dt.timedelta], None]
) -> None:
    mine, theirs = two(cast, small_ground)
    first = ask(cast, mine, theirs)
    with pytest.raises(RosterRefused):
        ask(cast, mine, None)
    assert answer_swap(swap_id=first.pk, consents=False, by=cast.street_dispatcher2).state == "refused"
    second = ask(cast, mine, theirs)
    assert withdraw_swap(swap_id=second.pk, by=cast.street_dispatcher).state == "withdrawn"
    third = ask(cast, mine, theirs)
    assert expire_swaps() == 0
    shift(dt.timedelta(hours=11))
    assert (expire_swaps(), expire_swaps()) == (1, 0)
    third.refresh_from_db()
    assert third.state == "expired"
    with pytest.raises(RosterRefused):
        answer_swap(swap_id=third.pk, consents=True, by=cast.street_dispatcher2)


def third(cast: Cast, ground: SmallGround) -> Actor:
    post = Membership.objects.create(
        user=cast.user("outsider"), unit=ground.sub_center, role="street_dispatcher", starts_on=SINCE
    )
    write_grants([post])
    return actor_for(cast.user("outsider"))


def test_a_watch_passed_on_is_not_taken_from_a_third(cast: Cast, small_ground: SmallGround) -> None:
    ShiftTemplate.objects.create(unit=small_ground.sub_center, name="值守", swap_needs_approval=False)
    mine, theirs = two(cast, small_ground)
    outsider = third(cast, small_ground)
    first = ask(cast, mine, theirs)
    second = ask_swap(
        watch_id=theirs.pk, partner_id=outsider.user_id or 0, partner_watch_id=None, reason="",
        by=cast.street_dispatcher2,
    )  # fmt: skip
    assert answer_swap(swap_id=second.pk, consents=True, by=outsider).state == "done"
    assert holders() == ["street_dispatcher", "outsider"]
    with pytest.raises(RosterRefused) as refusal:
        answer_swap(swap_id=first.pk, consents=True, by=cast.street_dispatcher2)
    assert refusal.value.code == "swap_over"
    assert holders() == ["street_dispatcher", "outsider"]
    first.refresh_from_db()
    assert (first.state, first.answer) == ("expired", "班次已换给他人")
    told = Notice.objects.filter(kind="swap_refused").values_list("user__username", flat=True)
    assert list(told) == ["street_dispatcher"]


def test_a_watch_given_away_by_another_swap_is_not_given_away_again(cast: Cast, small_ground: SmallGround) -> None:
    ShiftTemplate.objects.create(unit=small_ground.sub_center, name="值守", swap_needs_approval=False)
    outsider = third(cast, small_ground)
    mine = watch(shift_at(small_ground.sub_center, 10), cast.user("street_dispatcher"))
    later = watch(shift_at(small_ground.sub_center, 90), cast.user("outsider"))
    first = ask(cast, mine, None)
    second = ask_swap(
        watch_id=later.pk, partner_id=cast.user("street_dispatcher").pk, partner_watch_id=mine.pk, reason="",
        by=outsider,
    )  # fmt: skip
    answer_swap(swap_id=second.pk, consents=True, by=cast.street_dispatcher)
    with pytest.raises(RosterRefused):
        answer_swap(swap_id=first.pk, consents=True, by=cast.street_dispatcher2)
    assert holders() == ["outsider", "street_dispatcher"]


def test_owners_are_looked_at_again(cast: Cast, small_ground: SmallGround) -> None:
    mine, theirs = two(cast, small_ground)
    swap = ask(cast, mine, theirs)
    Watch.objects.filter(pk=theirs.pk).update(user=cast.user("handler2"))
    with pytest.raises(RosterRefused) as refusal:
        answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher2)
    assert refusal.value.code == "swap_stale"
    Watch.objects.filter(pk=theirs.pk).update(user=cast.user("street_dispatcher2"))
    answer_swap(swap_id=swap.pk, consents=True, by=cast.street_dispatcher2)
    Watch.objects.filter(pk=theirs.pk).update(user=cast.user("handler2"))
    with pytest.raises(RosterRefused) as refusal:
        decide_swap(swap_id=swap.pk, approves=True, by=third(cast, small_ground))
    assert refusal.value.code == "swap_stale"
    assert holders() == ["street_dispatcher", "handler2"]

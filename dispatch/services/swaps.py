"""Swaps: asked by one, consented to by the other, approved where the unit wants it; nobody twice at once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.locks import people_locked, watches_locked
from dispatch.models import (
    COMING,
    SWAP_OPEN,
    Gravity,
    Position,
    Shift,
    ShiftTemplate,
    Swap,
    SwapState,
    Watch,
    WatchState,
)
from dispatch.permissions import may_edit_roster
from dispatch.rules.posts import CONFLICTS
from dispatch.rules.rosters import Span
from dispatch.selectors.conflicts import standing_for
from dispatch.services.staffing import look_again
from dispatch.services.telling import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor


@transaction.atomic
def ask_swap(*, watch_id: int, partner_id: int, partner_watch_id: int | None, reason: str, by: Actor) -> Swap:
    """Ask somebody to take one's shift, for one of theirs or for none. Raises NotVisible, RosterRefused."""
    if by.user_id is None or _owner(watch_id) != by.user_id:
        raise NotVisible
    if partner_watch_id is not None and _owner(partner_watch_id) != partner_id:
        raise NotVisible
    if partner_id == by.user_id:
        raise RosterRefused(_("不能与自己换班"), code="swap_with_oneself")
    people_locked([by.user_id, partner_id])
    watches_locked(each for each in (watch_id, partner_watch_id) if each is not None)
    watch = _watch(watch_id)
    other = _watch(partner_watch_id) if partner_watch_id is not None else None
    _check_owners(watch, other, by.user_id, partner_id)
    _check(watch, other, by.user_id, partner_id)
    if Swap.objects.filter(watch=watch, state__in=SWAP_OPEN).exists():
        raise RosterRefused(_("这个班次已有换班申请在等答复"), code="swap_open")
    rule = ShiftTemplate.objects.filter(unit_id=watch.shift.unit_id, active=True).first()
    swap = Swap.objects.create(
        watch=watch, asker_id=by.user_id, partner_id=partner_id, partner_watch=other, reason=reason[:200],
        needs_approval=rule is None or rule.swap_needs_approval,
        due_at=min(each.starts_at for each in _shifts(watch, other)),
    )  # fmt: skip
    _tell(swap, watch, "swap", [partner_id], "asked")
    return swap


@transaction.atomic
def answer_swap(*, swap_id: int, consents: bool, answer: str = "", by: Actor) -> Swap:
    """The partner consents or does not. Raises NotVisible, RosterRefused."""
    swap = _all_locked(swap_id) if consents else swap_locked(swap_id)
    if swap.partner_id != by.user_id:
        raise NotVisible
    _require(swap, SwapState.ASKED)
    if not consents:
        return _end(swap, SwapState.REFUSED, by, answer)
    _check_owners(swap.watch, swap.partner_watch, swap.asker_id, swap.partner_id)
    swap.consented_at, swap.answer = clock.now(), answer[:200]
    if swap.needs_approval:
        swap.state = SwapState.CONSENTED
        swap.save()
        unit_id = swap.watch.shift.unit_id
        _tell(swap, swap.watch, "swap", [], "consented", units=[unit_id])
        return swap
    return _carry_out(swap, by)


@transaction.atomic
def decide_swap(*, swap_id: int, approves: bool, answer: str = "", by: Actor) -> Swap:
    """Who keeps the roster approves or does not; never one of the two. Raises NotVisible, NotAllowed, RosterRefused."""
    swap = _all_locked(swap_id) if approves else swap_locked(swap_id)
    if by.user_id in (swap.asker_id, swap.partner_id) or not may_edit_roster(by, swap.watch.shift.unit):
        raise NotAllowed
    _require(swap, SwapState.CONSENTED)
    swap.decided_by_id = by.user_id
    return _carry_out(swap, by) if approves else _end(swap, SwapState.REFUSED, by, answer)


@transaction.atomic
def withdraw_swap(*, swap_id: int, by: Actor) -> Swap:
    """The asker thinks better of it. Raises NotVisible, RosterRefused."""
    swap = swap_locked(swap_id)
    if swap.asker_id != by.user_id:
        raise NotVisible
    if swap.state not in SWAP_OPEN:
        raise RosterRefused(_("换班已办结"), code="swap_over")
    return _end(swap, SwapState.WITHDRAWN, by, "")


def expire_swaps() -> int:
    """Whoever has not answered when the first of both shifts begins has refused; how many."""
    return sum(_expire(pk) for pk in _due()[:200])


def swap_locked(swap_id: int) -> Swap:
    held = Swap.objects.select_for_update(of=("self",)).select_related(
        "watch__shift__unit", "partner_watch__shift__unit", "asker", "partner"
    )
    found = held.filter(pk=swap_id).first()
    if found is None:
        raise NotVisible
    return found


def _all_locked(swap_id: int) -> Swap:
    """The swap with everything that it would change. Raises NotVisible."""
    seen = Swap.objects.filter(pk=swap_id).only("asker_id", "partner_id", "watch_id", "partner_watch_id").first()
    if seen is None:
        raise NotVisible
    people_locked([seen.asker_id, seen.partner_id])
    watches_locked(pk for pk in (seen.watch_id, seen.partner_watch_id) if pk is not None)
    return swap_locked(swap_id)


@transaction.atomic
def _expire(swap_id: int) -> bool:
    held = Swap.objects.select_for_update(skip_locked=True, of=("self",)).select_related("watch__shift")
    swap = held.filter(pk=swap_id, state__in=SWAP_OPEN, due_at__lte=clock.Now()).first()
    if swap is None:
        return False
    swap.state, swap.ended_at = SwapState.EXPIRED, clock.now()
    swap.save(update_fields=["state", "ended_at"])
    _tell(swap, swap.watch, "swap_refused", [swap.asker_id], "expired")
    return True


def _due() -> list[int]:
    return list(Swap.objects.filter(state__in=SWAP_OPEN, due_at__lte=clock.Now()).values_list("pk", flat=True))


def _carry_out(swap: Swap, by: Actor) -> Swap:
    """Both change places, if nothing stands against it by now; all of it is locked."""
    watch, other = swap.watch, swap.partner_watch
    _check_owners(watch, other, swap.asker_id, swap.partner_id)
    _check(watch, other, swap.asker_id, swap.partner_id)
    for mine, user_id in ((watch, swap.partner_id), (other, swap.asker_id)):
        if mine is not None:
            # What is left of an ended leave makes room.
            Watch.objects.filter(shift_id=mine.shift_id, user_id=user_id).exclude(state__in=COMING).delete()
            mine.user_id, mine.state, mine.taken_up_at = user_id, WatchState.PLANNED, None
            mine.save(update_fields=["user_id", "state", "taken_up_at"])
    _end_others(swap, by)
    Position.objects.filter(user_id__in=(swap.asker_id, swap.partner_id)).delete()
    look_again(each.pk for each in _shifts(watch, other))
    return _end(swap, SwapState.DONE, by, swap.answer)


def _end_others(swap: Swap, by: Actor) -> None:
    """Other swaps of the same watches are over: these belong to somebody else by now."""
    pks = [pk for pk in (swap.watch_id, swap.partner_watch_id) if pk is not None]
    others = Swap.objects.filter(Q(watch__in=pks) | Q(partner_watch__in=pks), state__in=SWAP_OPEN).exclude(pk=swap.pk)
    for other in others.select_for_update(of=("self",)).select_related("watch__shift__unit").order_by("pk"):
        other.state, other.answer, other.ended_at = SwapState.EXPIRED, _("班次已换给他人"), clock.now()
        other.save(update_fields=["state", "answer", "ended_at"])
        detail = {"swap": other.pk, "state": str(other.state)}
        audit(actor_id=by.user_id, action="roster_swap", object_label=other.watch.shift.unit.code, detail=detail)
        _tell(other, other.watch, "swap_refused", [other.asker_id], "expired")


def _check_owners(watch: Watch, other: Watch | None, asker_id: int, partner_id: int) -> None:
    """Raise RosterRefused unless the locked watches are still theirs."""
    if watch.user_id != asker_id or (other is not None and other.user_id != partner_id):
        raise RosterRefused(_("班次已有变化，请刷新后再试"), code="swap_stale")


def _check(watch: Watch, other: Watch | None, asker_id: int, partner_id: int) -> None:
    """Raise RosterRefused with all that stands against the swap, of both."""
    now = clock.now()
    shifts = _shifts(watch, other)
    if any(not each.published for each in shifts) or any(each.starts_at <= now for each in shifts):
        raise RosterRefused(_("只能换已发布、尚未开始的班次"), code="swap_not_the_time")
    if watch.state not in COMING or (other is not None and other.state not in COMING):
        raise RosterRefused(_("班次已有变化，请刷新后再试"), code="swap_stale")
    known = standing_for((asker_id, partner_id), shifts)
    out = [each.pk for each in (watch, other) if each is not None]
    found = list(known.against(partner_id, watch.shift.unit, _span(watch.shift), watch.post, leaving_out=out))
    words = [_("对方：%s") % "，".join(str(CONFLICTS[each]) for each in found)] if found else []
    if other is not None:
        mine = known.against(asker_id, other.shift.unit, _span(other.shift), other.post, leaving_out=out)
        words += [_("本人：%s") % "，".join(str(CONFLICTS[each]) for each in mine)] if mine else []
        found += mine
    if found:
        raise RosterRefused("；".join(words), conflicts=found)


def _require(swap: Swap, state: SwapState) -> None:
    if swap.state != state or swap.due_at <= clock.now():
        raise RosterRefused(_("换班已有变化，请刷新后再试"), code="swap_over")


def _end(swap: Swap, state: SwapState, by: Actor, answer: str) -> Swap:
    swap.state, swap.answer, swap.ended_at = state, answer[:200], clock.now()
    swap.save()
    detail = {"swap": swap.pk, "state": str(state)}
    audit(actor_id=by.user_id, action="roster_swap", object_label=swap.watch.shift.unit.code, detail=detail)
    if state != SwapState.WITHDRAWN:
        both = {swap.asker_id, swap.partner_id} - {by.user_id}
        _tell(swap, swap.watch, "swap_agreed" if state == SwapState.DONE else "swap_refused", sorted(both), str(state))
    return swap


def _tell(swap: Swap, watch: Watch, kind: str, users: list[int], step: str, units: list[int] | None = None) -> None:
    send_notice(
        key=f"swap:{swap.pk}:{step}", kind=kind, gravity=Gravity.INFO, facts={"starts_at": watch.shift.starts_at},
        users=users, units=units or [], url=reverse("dispatch:duty"),
    )  # fmt: skip


def _owner(watch_id: int) -> int | None:
    return Watch.objects.filter(pk=watch_id).values_list("user_id", flat=True).first()


def _watch(pk: int) -> Watch:
    found = Watch.objects.select_related("shift__unit").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _shifts(watch: Watch, other: Watch | None) -> list[Shift]:
    return [watch.shift] + ([other.shift] if other is not None else [])


def _span(shift: Shift) -> Span:
    return Span(shift.starts_at, shift.ends_at)

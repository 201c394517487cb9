"""Posts in bulk: drafted by the system administrator, in effect as soon as the security officer confirms them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DraftDecided, SecondPersonNeeded
from accounts.models import User
from accounts.services import audit, decide_draft, lock_draft, require_open, require_seen, submit_draft, withdraw_draft
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible

from ..errors import AppointmentFault, NotStaff, OfficerHoldsNoPost, PostDoesNotFit, PostTaken, TrainingMissing
from ..models import AppointmentLine, AppointmentList, Grid, LineState, Membership, Unit
from ..permissions import Action, can
from .posts import appoint, require_appointer, require_fit, today


@dataclass(frozen=True, slots=True)
class Wanted:
    """A post for somebody, before anybody has confirmed it."""

    user: User
    role: str
    unit: Unit | None = None
    grid: Grid | None = None
    post: str = ""
    standing: str = ""
    title: str = ""
    starts_on: dt.date | None = None


@transaction.atomic
def draft_appointments(*, title: str, lines: Sequence[Wanted], by: Actor) -> AppointmentList:
    """Begin a list. Raise NotAllowed, Invalid, OfficerHoldsNoPost, NotStaff, PostDoesNotFit."""
    _require_drafter(by)
    if not title.strip():
        raise Invalid(fields={"title": [_("请给名单一个名称")]})
    made = AppointmentList.objects.create(title=title.strip()[:80], drafted_by_id=by.user_id)
    _add(made, lines)
    audit(
        actor_id=by.user_id,
        action="grids.appointmentlist_drafted",
        object_label=str(made),
        detail={"lines": len(lines)},
    )
    return made


@transaction.atomic
def add_appointments(*, list_id: int, lines: Sequence[Wanted], by: Actor) -> AppointmentList:
    """Add posts to a list that was not submitted. Raise as ``draft_appointments``, and DraftNotOpen."""
    _require_drafter(by)
    kept = lock_draft(AppointmentList, list_id)
    require_open(kept)
    _add(kept, lines)
    return kept


@transaction.atomic
def drop_appointment(*, line_id: int, by: Actor) -> None:
    """Take a post off a list that was not submitted. Raise NotAllowed, NotVisible, DraftNotOpen."""
    _require_drafter(by)
    line = AppointmentLine.objects.filter(pk=line_id).first()
    if line is None:
        raise NotVisible
    require_open(lock_draft(AppointmentList, line.list_id))
    AppointmentLine.objects.filter(pk=line_id, state=LineState.WAITING).delete()


def submit_appointments(*, list_id: int, by: Actor) -> AppointmentList:
    """Hand a list to the security officer. Raise NotAllowed, NotVisible, DraftNotOpen, Invalid for an empty one."""
    _require_drafter(by)
    if not AppointmentLine.objects.filter(list=list_id, state=LineState.WAITING).exists():
        raise Invalid(_("名单里没有待确认的任职"))
    return submit_draft(AppointmentList, list_id, by=by)


@transaction.atomic
def withdraw_appointments(*, list_id: int, by: Actor) -> AppointmentList:
    """Take a list back; what was confirmed stays. Raise NotAllowed, NotVisible, DraftDecided."""
    _require_drafter(by)
    kept = withdraw_draft(AppointmentList, list_id, by=by)
    AppointmentLine.objects.filter(list=kept, state=LineState.WAITING).update(state=LineState.WITHDRAWN)
    return kept


@transaction.atomic
def confirm_appointments(
    *,
    list_id: int,
    by: Actor,
    line_ids: Collection[int] | None = None,
    seen: dt.datetime | None = None,
    ip: str | None = None,
) -> AppointmentList:
    """Put the named lines in force (default: all that wait), all or none of them; end the list with its last line.

    Raise NotAllowed, NotVisible, DraftDecided, SecondPersonNeeded; AppointmentFault with every line that cannot stand,
    each with its remedy.
    """
    require_appointer(by)
    kept = _submitted(list_id, by, seen)
    lines = _waiting(kept, line_ids)
    principals: dict[tuple[int | None, int | None, str, str], Membership] = {}
    faults: dict[AppointmentLine, DomainError] = {}
    # Who is deputized comes before the deputies.
    for line in sorted(lines, key=lambda line: (bool(line.standing), line.pk)):
        try:
            membership = _appointed(line, principals, by, ip)
        except DomainError as fault:
            faults[line] = fault
            continue
        AppointmentLine.objects.filter(pk=line.pk).update(state=LineState.CONFIRMED, membership=membership)
    if faults:
        raise _fault(faults, whole=len(lines))
    _finish(kept, by)
    return AppointmentList.objects.get(pk=list_id)


@transaction.atomic
def refuse_appointments(
    *,
    list_id: int,
    reason: str,
    by: Actor,
    line_ids: Collection[int] | None = None,
    seen: dt.datetime | None = None,
) -> AppointmentList:
    """Refuse the named lines (default: all that wait). Raise NotAllowed, NotVisible, DraftDecided, Invalid."""
    require_appointer(by)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请填写理由")]})
    kept = _submitted(list_id, by, seen)
    lines = _waiting(kept, line_ids)
    AppointmentLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        state=LineState.REFUSED, reason=reason.strip()[:200]
    )
    for line in lines:
        audit(
            actor_id=by.user_id,
            action="membership_refused",
            object_label=line.user.username,
            detail={"list": str(kept), "role": line.role, "reason": reason.strip()},
        )
    _finish(kept, by, reason.strip())
    return AppointmentList.objects.get(pk=list_id)


def _add(kept: AppointmentList, lines: Sequence[Wanted]) -> None:
    for line in lines:
        require_draftable(line)
    AppointmentLine.objects.bulk_create(
        AppointmentLine(
            list=kept, user=line.user, unit=line.unit, grid=line.grid, role=line.role, post=line.post,
            standing=line.standing, title=line.title[:60], starts_on=line.starts_on,
        )
        for line in lines
    )  # fmt: skip


def require_draftable(line: Wanted) -> None:
    """Raise OfficerHoldsNoPost, NotStaff or PostDoesNotFit for what nobody could confirm."""
    if line.user.officer:
        raise OfficerHoldsNoPost
    if line.user.kind != "staff":
        raise NotStaff
    starts_on = line.starts_on or today()
    require_fit(role=line.role, unit=line.unit, grid=line.grid, post=line.post, starts_on=starts_on, ends_on=None)


@transaction.atomic
def discard_appointments(*, list_id: int, by: Actor) -> None:
    """Delete a list of which nothing was decided, as if it had never been. Raise NotAllowed, DraftDecided."""
    _require_drafter(by)
    kept = lock_draft(AppointmentList, list_id)
    if AppointmentLine.objects.filter(list=kept).exclude(state=LineState.WAITING).exists():
        raise DraftDecided(_("名单中已有确认或退回的任职，不能撤销导入"), state=kept.state)
    label = str(kept)
    kept.delete()
    audit(actor_id=by.user_id, action="grids.appointmentlist_discarded", object_label=label)


def lock_lists_of(user: User) -> None:
    """Lock the lists in which somebody waits, as whoever confirms them does: before the person."""
    waiting = AppointmentLine.objects.filter(user=user, state=LineState.WAITING).values("list")
    list(AppointmentList.objects.select_for_update(of=("self",)).filter(pk__in=waiting).order_by("pk").values("pk"))


def refuse_lines_of(*, user: User, reason: str, by: Actor) -> None:
    """Refuse what waits for somebody; a list in which nobody waits any more needs no decision and is taken back.

    For a service that has asked who may, within its transaction.
    """
    waiting = AppointmentLine.objects.filter(user=user, state=LineState.WAITING)
    lists = set(waiting.values_list("list", flat=True))
    waiting.update(state=LineState.REFUSED, reason=reason)
    over = AppointmentList.objects.filter(pk__in=lists, state=DraftState.SUBMITTED)
    for pk in over.exclude(lines__state=LineState.WAITING).order_by("pk").values_list("pk", flat=True):
        withdraw_draft(AppointmentList, pk, by=by)


def _appointed(
    line: AppointmentLine,
    principals: dict[tuple[int | None, int | None, str, str], Membership],
    by: Actor,
    ip: str | None,
) -> Membership:
    where = (line.unit_id, line.grid_id, line.role, line.post)
    deputy_of = None
    if line.standing:
        deputy_of = principals.get(where) or _principal(line)
        if deputy_of is None:
            raise PostDoesNotFit(_("还没有可协助的正职"))
    membership = appoint(
        user=line.user, role=line.role, unit=line.unit, grid=line.grid, post=line.post, standing=line.standing,
        deputy_of=deputy_of, title=line.title, starts_on=_start(line), by=by, ip=ip,
    )  # fmt: skip
    if not line.standing:
        principals[where] = membership
    return membership


def _start(line: AppointmentLine) -> dt.date:
    """No post begins before it is confirmed."""
    return max(line.starts_on or today(), today())


def _principal(line: AppointmentLine) -> Membership | None:
    held = Membership.objects.filter(unit=line.unit_id, grid=line.grid_id, role=line.role, post=line.post, standing="")
    return held.exclude(ends_on__lte=today()).exclude(user=line.user_id).order_by("pk").first()


def _fault(faults: Mapping[AppointmentLine, DomainError], *, whole: int) -> AppointmentFault:
    told = {"n": len(faults), "rest": whole - len(faults)}
    words = (
        _("%(n)d 项任职不能确认，其余 %(rest)d 项已勾选，可“确认所选”")
        if told["rest"]
        else _("所选 %(n)d 项任职都不能确认")
    )
    return AppointmentFault(
        words % told,
        fields={str(line.pk): [_told(line, error)] for line, error in faults.items()},
        lines={line.pk: error.code for line, error in faults.items()},
    )


def _told(line: AppointmentLine, error: DomainError) -> str:
    """Who cannot have which post, why, and what to do about it."""
    why = "；".join(error.texts)
    remedy = _("请退回此项")
    if isinstance(error, PostTaken):
        holder = _principal(line)
        why += f"（{holder.user}）" if holder else ""
        remedy = _("先办理其离任或免去此岗，或退回此项") if holder else _("此人已在此岗，请退回此项")
    elif isinstance(error, TrainingMissing):
        remedy = _("先在“培训”中登记合格记录，或退回此项")
    elif isinstance(error, PostDoesNotFit) and line.standing:
        remedy = _("先任命正职，或与正职一起确认，或退回此项")
    told = _("%(who)s（%(place)s %(role)s）：%(why)s。%(remedy)s")
    role = line.get_post_display() or line.get_role_display()
    return told % {"who": line.user, "place": line.unit or line.grid, "role": role, "why": why, "remedy": remedy}


def _submitted(list_id: int, by: Actor, seen: dt.datetime | None) -> AppointmentList:
    """The list, locked, for somebody else than its drafter to decide on."""
    kept = lock_draft(AppointmentList, list_id)
    if kept.state != DraftState.SUBMITTED:
        raise DraftDecided(state=kept.state)
    if by.user_id is not None and by.user_id == kept.drafted_by_id:
        raise SecondPersonNeeded
    require_seen(kept, seen)
    return kept


def _waiting(kept: AppointmentList, line_ids: Collection[int] | None) -> list[AppointmentLine]:
    lines = AppointmentLine.objects.filter(list=kept, state=LineState.WAITING)
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    found = list(lines.select_related("user", "unit", "grid").defer("grid__boundary"))
    if not found:
        raise Invalid(_("请选择待确认的任职"))
    return found


def _finish(kept: AppointmentList, by: Actor, opinion: str = "") -> None:
    states = set(AppointmentLine.objects.filter(list=kept).values_list("state", flat=True))
    if LineState.WAITING not in states:
        decide_draft(AppointmentList, kept.pk, by=by, approve=LineState.CONFIRMED in states, opinion=opinion)


def _require_drafter(by: Actor) -> None:
    if not can(by, Action.MANAGE_ACCOUNTS):
        raise NotAllowed

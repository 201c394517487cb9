"""Departments at a centre; money that goes with what is entrusted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import BudgetExceeded, SecondmentFault
from ..models import EntrustedService, Membership, Presence, Secondment, Unit, UnitKind
from ..permissions import Action, can
from .posts import today

CENTRES = (UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER)
ENTRUSTED = (UnitKind.SOCIAL_GROUP, UnitKind.CONTRACTOR)


@transaction.atomic
def second(
    *,
    unit: Unit,
    centre: Unit,
    kind: str,
    people: Sequence[User] = (),
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    note: str = "",
    by: Actor,
) -> Secondment:
    """Let a department serve a centre from ``starts_on`` (default today). Raise NotAllowed, SecondmentFault.

    People keep their posts: being seconded gives no permission.
    """
    _require_right(by)
    starts_on = starts_on or today()
    _check(unit, centre, kind, people, starts_on, ends_on)
    made = Secondment(unit=unit, centre=centre, kind=kind, starts_on=starts_on, ends_on=ends_on, note=note.strip())
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise SecondmentFault(fields={"unit": [_("该单位已在此中心参勤，请先结束原派驻")]}) from error
    made.people.set(people)
    if starts_on <= today():
        Unit.objects.filter(pk=unit.pk).update(presence=kind)
    _tell(by, made, "grids.secondment_started", kind=kind, starts_on=starts_on.isoformat(), people=_names(people))
    return made


@transaction.atomic
def change_seconded(*, secondment: Secondment, people: Sequence[User], by: Actor) -> Secondment:
    """Send other people. Raise NotAllowed, SecondmentFault."""
    _require_right(by)
    kept = _locked(secondment)
    _check(kept.unit, kept.centre, kept.kind, people, kept.starts_on, kept.ends_on)
    before = _names(list(kept.people.all()))
    kept.people.set(people)
    _tell(by, kept, "grids.secondment_people", before={"people": before}, after={"people": _names(people)})
    return kept


@transaction.atomic
def end_secondment(*, secondment: Secondment, ends_on: dt.date | None = None, by: Actor) -> Secondment:
    """End it; from ``ends_on`` on (default today) the department serves there no more. Raise NotAllowed."""
    _require_right(by)
    kept = _locked(secondment)
    kept.ends_on = max(ends_on or today(), kept.starts_on)
    kept.save(update_fields=["ends_on"])
    _tell(by, kept, "grids.secondment_ended", ends_on=kept.ends_on.isoformat())
    return kept


@transaction.atomic
def entrust(
    *, unit: Unit, entrusted_by: Unit, matter: str, year: int, amount: Decimal, note: str = "", by: Actor
) -> EntrustedService:
    """Write down what a department entrusts, and the yuan that go with it. Raise NotAllowed, SecondmentFault."""
    _require_right(by)
    faults: dict[str, list[str]] = {}
    if unit.kind not in ENTRUSTED:
        faults["unit"] = [_("承接单位须是社会组织或购买服务单位")]
    if entrusted_by.kind in ENTRUSTED:
        faults["entrusted_by"] = [_("委托单位须是部门、中心或工作站")]
    if not matter.strip():
        faults["matter"] = [_("请填写委托事项")]
    if not 2000 <= year <= 2100:
        faults["year"] = [_("请填写四位年度")]
    if amount <= 0:
        faults["amount"] = [_("金额须大于 0 元")]
    if faults:
        raise SecondmentFault(fields=faults)
    made = EntrustedService(
        unit=unit, entrusted_by=entrusted_by, matter=matter.strip(), year=year, amount=amount, note=note.strip()
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise SecondmentFault(fields={"matter": [_("本年度已登记同一事项")]}) from error
    _told(by, made, "grids.entrusted", amount=str(amount))
    return made


@transaction.atomic
def pay_entrusted(*, service: EntrustedService, amount: Decimal, note: str = "", by: Actor) -> EntrustedService:
    """Write down a payment in yuan; a negative one takes back. Raise NotAllowed, NotVisible, BudgetExceeded."""
    _require_right(by)
    kept = EntrustedService.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=service.pk).first()
    if kept is None:
        raise NotVisible
    before, after = kept.paid, kept.paid + amount
    if amount == 0 or not 0 <= after <= kept.amount:
        left = kept.amount - before
        told = _("委托 %(amount)s 元，已支付 %(paid)s 元，余额 %(left)s 元，不能支付 %(wanted)s 元")
        figures = {"amount": kept.amount, "paid": before, "left": left, "wanted": amount}
        raise BudgetExceeded(told % figures, fields={"amount": [told % figures]}, left=str(left))
    kept.paid = after
    kept.save(update_fields=["paid"])
    _told(by, kept, "grids.entrusted_paid", before={"paid": str(before)}, after={"paid": str(after)}, note=note.strip())
    return kept


def _check(
    unit: Unit, centre: Unit, kind: str, people: Sequence[User], starts_on: dt.date, ends_on: dt.date | None
) -> None:
    faults: dict[str, list[str]] = {}
    if unit.kind != UnitKind.DUTY_DEPARTMENT or not unit.active:
        faults["unit"] = [_("派出单位须是启用的参勤单位")]
    if centre.kind not in CENTRES or not centre.active or centre.district_id != unit.district_id:
        faults["centre"] = [_("须派往本区启用的指挥中心或分中心")]
    elif unit.street_id is not None and unit.street_id != centre.street_id:
        faults["centre"] = [_("街道中队只能派往本街道的分中心")]
    if kind not in Presence.values:
        faults["kind"] = [_("请选择参勤方式")]
    if ends_on is not None and ends_on <= starts_on:
        faults["ends_on"] = [_("结束日期须晚于开始日期")]
    held = Membership.objects.filter(unit=unit, user__in=[user.pk for user in people], user__is_active=True)
    members = set(held.exclude(ends_on__lte=today()).values_list("user_id", flat=True))
    strangers = [str(user) for user in people if user.pk not in members]
    if strangers:
        faults["people"] = [_("不是派出单位的在任人员：%s") % "、".join(strangers)]
    if faults:
        raise SecondmentFault(fields=faults)


def _locked(secondment: Secondment) -> Secondment:
    kept = (
        Secondment.objects.select_for_update(of=("self",))
        .select_related("unit", "centre")
        .filter(pk=secondment.pk)
        .first()
    )
    if kept is None:
        raise NotVisible
    return kept


def _names(people: Sequence[User]) -> list[str]:
    return sorted(user.username for user in people)


def _require_right(by: Actor) -> None:
    if not can(by, Action.EDIT_UNITS):
        raise NotAllowed


def _tell(by: Actor, secondment: Secondment, action: str, **detail: object) -> None:
    audit(actor_id=by.user_id, action=action, object_label=str(secondment), detail=detail)


def _told(by: Actor, service: EntrustedService, action: str, **detail: object) -> None:
    audit(actor_id=by.user_id, action=action, object_label=str(service), detail=detail)

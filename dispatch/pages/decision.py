"""The decision beside an order: whom to send it to, why, and who is near. One click takes what is chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.rules.advice import LEAD, Advice, Candidate, NearbyPerson
from dispatch.selectors import advise
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.pages.tags import Tag, Text
from workorders.registry import Main, Panel, panel
from workorders.services.proposing import may_send
from workorders.states import Status

API = "/api/v1/work-orders"
FORM = "decision"
TEMPLATE = "dispatch/panels/decision.html"
# Why another department was taken than the list names; see workorders.rules.inputs.
CORRECTIONS = (
    ("wrong_rule", gettext_lazy("规则不对")),
    ("no_capacity", gettext_lazy("力量不足")),
    ("better_known", gettext_lazy("另有更熟悉的")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A department on the panel; ``mark`` is the letter on its disc, ``digit`` the key that takes it, 0 without one."""

    unit: Candidate
    mark: str
    digit: int = 0
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """``named`` leads by a rule or by the catalogue; ``others`` could.

    ``conditions`` are those of registration, confirmed by the same click; only a report has some.
    """

    number: str
    url: str
    version: int
    done: str
    says: str
    named: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()
    assists: tuple[Line, ...] = ()
    people: tuple[NearbyPerson, ...] = ()
    registers: bool = False
    conditions: tuple[str, ...] = ()
    corrections: tuple[tuple[str, Text], ...] = CORRECTIONS

    @property
    def lead(self) -> Candidate | None:
        return next((line.unit for line in (*self.named, *self.others) if line.unit.chosen), None)


@panel("decision", place=10)
def decision(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """Only to who may dispatch the order now, or register and dispatch it."""
    if not may_send(actor, order):
        return None
    registers = order.status == Status.REPORTED
    if registers and not (order.category_id and order.grid_id):
        return None
    shown = _decision(order, advise(actor, order, now), registers)
    return Panel(TEMPLATE, shown, _main(shown))


def _decision(order: WorkOrder, advice: Advice, registers: bool) -> Decision:
    leads = [_line(unit, order, digit) for digit, unit in enumerate(_leads(advice), start=1)]
    return Decision(
        number=order.number,
        url=f"{API}/{order.number}/{'register-and-dispatch' if registers else 'dispatch'}/",
        version=order.version,
        done=_("已立案并派遣") if registers else _("已派遣"),
        says=advice.says,
        named=tuple(line for line in leads if line.unit.decided_by),
        others=tuple(line for line in leads if not line.unit.decided_by),
        assists=tuple(_line(unit, order, digit) for digit, unit in enumerate(advice.assists, start=1)),
        people=advice.people,
        registers=registers,
        conditions=tuple(order.category.registration_conditions) if registers and order.category else (),
    )


def _leads(advice: Advice) -> tuple[Candidate, ...]:
    return ((advice.lead,) if advice.lead else ()) + advice.others


def _line(unit: Candidate, order: WorkOrder, digit: int) -> Line:
    # A squad goes by what it does: the name of its street says nothing beside its neighbours.
    own = unit.name.removeprefix(order.street.short_name) if order.street else unit.name
    tag = Tag(_("推荐"), "primary") if unit.chosen and unit.role == LEAD else None
    return Line(unit, own.removeprefix(_("区"))[:1], digit if digit < 10 else 0, tag)


def _main(shown: Decision) -> Main:
    named = _("立案并派给 %s") if shown.registers else _("派给 %s")
    none = _("请选择承办单位")
    confirms = ""
    if shown.conditions:
        confirms = _("点击即确认符合立案条件：%s") % "；".join(shown.conditions)
    return Main(FORM, named % shown.lead.name if shown.lead else none, named, none, confirms)

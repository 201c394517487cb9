"""Whom to send an order to: what the responsibility list says, who else could do it, and who is near.

A rule decides or it is said that none does; nothing here guesses. Everything carries its reason as a sentence.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.rules import Level
from catalogue.selectors import Answer, Spot
from catalogue.selectors.lists import UnitFacts, book
from catalogue.selectors.responsible import CATALOGUE, PROPOSAL, RULE, function_name, stands_here
from dispatch.errors import NotAllowed
from dispatch.rules.advice import ASSIST, LEAD, Advice, Candidate
from dispatch.selectors.nearby import nearby, on_duty_for
from dispatch.selectors.standing import NOTHING, Standing, standings
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.permissions import holds
from workorders.selectors.listed import listed, spot_of_order

MOST_OTHERS = 6
MOST_PEOPLE = 8


def may_be_advised(actor: Actor, order: WorkOrder) -> bool:
    """Whoever may dispatch the order at its level, whatever its status."""
    return holds(actor, "dispatcher", order)


def advise(actor: Actor, order: WorkOrder, now: dt.datetime) -> Advice:
    """Whom the order should go to, and why. Four statements, five at the district. Raises NotAllowed."""
    if not may_be_advised(actor, order):
        raise NotAllowed
    answer, spot = listed(order), spot_of_order(order)
    known = book()
    category = known.categories.get(order.category_id) if order.category_id is not None else None
    ruled = answer if answer is not None and answer.decided_by in (PROPOSAL, RULE) else None
    sendable = _dispatchable(known.units.values(), spot, order.level)
    assisting = tuple(unit for unit in (ruled.assisting if ruled else ()) if unit in sendable)
    named = ((ruled.lead,) if ruled and ruled.lead else ()) + assisting
    others = [unit for unit in sendable if unit not in named]
    pks = [unit.pk for unit in (*named, *others)]
    watching = on_duty_for(order, pks, now)
    on_duty = Counter(each.unit_id for each in watching)
    judge = Judge(standings(pks, order, now), on_duty, answer, category)
    lead = judge.named(ruled.lead, LEAD) if ruled and ruled.lead else None
    return Advice(
        lead=lead,
        assists=tuple(judge.named(unit, ASSIST) for unit in assisting),
        others=judge.others(others, MOST_OTHERS),
        people=nearby(order, watching, now, MOST_PEOPLE, {unit.pk for unit in named}),
        says=_says(answer) + _above([unit for unit in (ruled.assisting if ruled else ()) if unit not in sendable]),
        version=ruled.version if ruled else None,
    )


def _dispatchable(units: Iterable[UnitFacts], spot: Spot, level: str) -> list[UnitFacts]:
    """Departments of this level, and to the district those of the order's street as well."""
    found = [unit for unit in units if stands_here(unit, spot, level)]
    if level == Level.DISTRICT:
        found += [unit for unit in units if stands_here(unit, spot, Level.STREET)]
    return found


@dataclass(frozen=True, slots=True)
class Judge:
    """Words each department."""

    standing: Mapping[int, Standing]
    on_duty: Mapping[int, int]
    answer: Answer | None
    category: Category | None

    def named(self, unit: UnitFacts, role: str) -> Candidate:
        """Who is named by the rule that decided."""
        answer = self.answer
        assert answer is not None
        number = answer.number if answer.decided_by == RULE else ""
        if role == ASSIST:
            reason = _("规则 %s 写明协办") % answer.number
        elif answer.decided_by == PROPOSAL:
            reason = _("%(text)s → %(unit)s主办") % {"text": answer.text, "unit": unit.short_name}
        else:
            told = {"number": answer.number, "text": answer.text, "unit": unit.short_name}
            reason = _("规则 %(number)s“%(text)s”→ %(unit)s主办") % told
        chosen = not self._of(unit).returned_it
        return self._candidate(unit, role, reason, rule=number, chosen=chosen, decided_by=answer.decided_by)

    def others(self, units: list[UnitFacts], most: int) -> tuple[Candidate, ...]:
        """Who could do it though no rule says so: the catalogue's default, who knows it, who has least in hand."""
        return tuple(self._other(unit) for unit in sorted(units, key=self._rank)[:most])

    def _rank(self, unit: UnitFacts) -> tuple[int, int, int, str]:
        standing = self._of(unit)
        if standing.returned_it:
            return 9, 0, standing.load, unit.code
        if self._is_default(unit):
            return 0, 0, standing.load, unit.code
        if standing.had_it:
            return 1, 0, standing.load, unit.code
        if standing.done:
            return 2, -standing.done, standing.load, unit.code
        return 3 + (not self._same_function(unit)), 0, standing.load, unit.code

    def _other(self, unit: UnitFacts) -> Candidate:
        standing, default = self._of(unit), self._is_default(unit)
        function = function_name(unit.function)
        if default:
            reason = _("事项目录的默认职能：%s（权责清单没有适用的条目）") % function
        elif standing.had_it and not standing.returned_it:
            reason = _("此前承办过本单，熟悉情况")
        elif standing.done:
            reason = _("%(function)s，近 30 天办结同类 %(done)d 件") % {"function": function, "done": standing.done}
        elif self._same_function(unit):
            reason = _("同职能单位：%s") % function
        else:
            reason = _("职能：%s") % function
        chosen = default and not standing.returned_it
        return self._candidate(unit, LEAD, reason, chosen=chosen, decided_by=CATALOGUE if default else "")

    def _candidate(
        self, unit: UnitFacts, role: str, reason: str, *, chosen: bool, decided_by: str, rule: str = ""
    ) -> Candidate:
        return Candidate(
            unit_id=unit.pk,
            code=unit.code,
            name=unit.short_name,
            role=role,
            reason=reason,
            rule=rule,
            load=self._of(unit).load,
            on_duty=self.on_duty.get(unit.pk, 0),
            warning=self._warning(unit),
            chosen=chosen,
            decided_by=decided_by,
        )

    def _warning(self, unit: UnitFacts) -> str:
        standing = self._of(unit)
        if standing.returned_it:
            return _("已对本单退单，不宜再派")
        if not standing.staffed:
            return _("没有能登录的在岗处置人员，派过去无人签收")
        if standing.rostered and not self.on_duty.get(unit.pk):
            return _("排了班，但当前无人在班")
        return ""

    def _is_default(self, unit: UnitFacts) -> bool:
        answer = self.answer
        by_catalogue = answer is not None and answer.decided_by == CATALOGUE
        return by_catalogue and answer is not None and answer.lead is not None and answer.lead.pk == unit.pk

    def _same_function(self, unit: UnitFacts) -> bool:
        if self.answer is not None and self.answer.lead is not None:
            return unit.function == self.answer.lead.function
        own = (self.category.street_function, self.category.district_function) if self.category else ()
        return unit.function in own

    def _of(self, unit: UnitFacts) -> Standing:
        return self.standing.get(unit.pk, NOTHING)


def _above(units: list[UnitFacts]) -> str:
    """The list may name departments of the district to assist a street, which a street cannot send for."""
    if not units:
        return ""
    names = "、".join(unit.short_name for unit in units)
    return _("规则还写明%s协办，本级不能直接派，需要时请升级。") % names


def _says(answer: Answer | None) -> str:
    """One sentence on what the list says."""
    if answer is None:
        return _("还没有确定事项分类，无法查权责清单；请先更正事项。")
    if answer.decided_by == PROPOSAL:
        return _("仲裁结论适用，来自工单 %s。") % answer.number
    if answer.decided_by == RULE:
        told = {"version": answer.version, "number": answer.number}
        return _("权责清单第 %(version)s 版规则 %(number)s 适用。") % told
    if answer.lead is not None:
        return (
            _("没有适用的权责规则，请自行选择；事项目录的默认职能单位是%s。可在权责清单补充。") % answer.lead.short_name
        )
    return _("没有适用的权责规则，请自行选择；可在权责清单补充。%s。") % answer.why_nobody

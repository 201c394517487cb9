"""Forms of units, secondments and entrusted services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import User
from configuration.pages.forms import Field, FormPage
from configuration.pages.people import choices
from configuration.pages.units.listing import CENTRES, ENTRUSTED, UnitsPage, unit_of
from grids.ground import in_force
from grids.models import Community, EntrustedService, Presence, Secondment, Unit, UnitKind
from grids.permissions import Action, can
from grids.rules import FUNCTIONS
from grids.services import change_unit, create_unit, end_secondment, entrust, pay_entrusted, second, today, told_of
from lianqin.kernel.errors import DomainError, Invalid


def unit_fields(values: dict[str, Any]) -> list[Field]:
    """The fields of a unit; what follows from its place and kind is not asked for."""
    found = Community.objects.filter(in_force()).select_related("street").order_by("code")
    communities = [(each.code, f"{each.street} {each}") for each in found.defer("boundary", "street__boundary")]
    return [
        Field("name", _("名称"), value=values.get("name", ""), required=True, wide=True),
        Field("short_name", _("简称"), value=values.get("short_name", ""), hint=_("不填则同名称")),
        Field("kind", _("类别"), "select", values.get("kind", ""), options=UnitKind.choices, required=True),
        Field(
            "function", _("职能"), "select", values.get("function", ""), hint=_("只有参勤单位选"),
            options=[(code, function.name) for code, function in FUNCTIONS.items()],
        ),
        Field("street", _("街道"), "select", values.get("street", ""), options=choices.streets(), hint=_("不选即区级")),
        Field(
            "community", _("社区"), "select", values.get("community", ""), hint=_("只有工作站选"),
            options=communities,
        ),
        Field("parent", _("上级单位"), "select", values.get("parent", ""), options=choices.units_for()),
        Field("presence", _("参勤方式"), "select", values.get("presence", ""), options=Presence.choices),
        Field("phone", _("电话"), value=values.get("phone", "")),
        Field("vertical", _("垂直管理"), "check", values.get("vertical", False), hint=_("由市或省管理，区里只能协调")),
    ]  # fmt: skip


class NewUnit(FormPage):
    section = "units"
    title = property(lambda self: _("新建单位"))

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_UNITS)

    def fields(self) -> list[Field]:
        asked = {name: self.request.GET.get(name, "") for name in ("kind", "street", "community", "parent", "function")}
        return [Field("code", _("单位代码"), hint=_("不填则按所在地和类别编号")), *unit_fields(asked)]

    def save(self, values: dict[str, Any]) -> str:
        self.made = create_unit(code=values.pop("code"), values=values, by=self.actor)
        return _("已新建 %s") % self.made

    def after(self) -> str:
        made: Unit | None = getattr(self, "made", None)
        return reverse("configuration:unit", args=[made.code]) if made else reverse("configuration:units")


class EditUnit(FormPage):
    section = "units"
    title = property(lambda self: _("修改单位"))

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_UNITS)

    def fields(self) -> list[Field]:
        return unit_fields(told_of(unit_of(self.kwargs["code"])))

    def save(self, values: dict[str, Any]) -> str:
        return _("已保存 %s") % change_unit(unit=unit_of(self.kwargs["code"]), values=values, by=self.actor)

    def after(self) -> str:
        return reverse("configuration:unit", args=[self.kwargs["code"]])


class NewSecondment(FormPage):
    """A department to a centre. Its people in office can be named, by user name."""

    section = "units"
    title = property(lambda self: _("派驻单位"))
    intro = property(lambda self: _("派驻不改变岗位和权限；人员仍在原单位任职。"))

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_UNITS)

    def fields(self) -> list[Field]:
        asked = self.request.GET
        units = Unit.objects.filter(active=True).select_related("street").defer("street__boundary").order_by("code")
        centres = [(unit.code, unit.short_name) for unit in units if unit.kind in CENTRES]
        return [
            Field("centre", _("指挥中心"), "select", asked.get("centre", ""), options=centres, required=True),
            Field(
                "unit", _("参勤单位"), "select", asked.get("unit", ""), required=True,
                options=choices.units_for("department_handler"),
            ),
            Field("kind", _("参勤方式"), "select", Presence.RESIDENT, options=Presence.choices, required=True),
            Field("people", _("人员用户名"), hint=_("可填多个，用空格或逗号隔开；须在该单位任职"), wide=True),
            Field("starts_on", _("开始日期"), "date", today(), required=True),
            Field("ends_on", _("结束日期"), "date", hint=_("不填即长期")),
            Field("note", _("备注"), wide=True),
        ]  # fmt: skip

    def save(self, values: dict[str, Any]) -> str:
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=[values["unit"], values["centre"]])}
        people = people_named(values.pop("people"))
        unit, centre = units[values.pop("unit")], units[values.pop("centre")]
        made = second(unit=unit, centre=centre, people=people, by=self.actor, **values)
        self.centre = centre.code
        return _("%(unit)s 已%(kind)s %(centre)s") % {"unit": unit, "kind": made.get_kind_display(), "centre": centre}

    def after(self) -> str:
        code = getattr(self, "centre", "")
        return reverse("configuration:unit", args=[code]) if code else reverse("configuration:secondments")


def people_named(text: str) -> list[User]:
    """People by user names, however they are separated. Raise Invalid for one that nobody has."""
    names = list(dict.fromkeys(name.lower() for name in text.replace("，", " ").replace(",", " ").split()))
    found = {user.username: user for user in User.objects.filter(username__in=names, officer="", kind="staff")}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise Invalid(fields={"people": [_("没有这个用户名的工作人员：%s") % "、".join(unknown)]})
    return [found[name] for name in names]


class EndSecondment(UnitsPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        secondment = get_object_or_404(Secondment.objects.select_related("unit", "centre"), pk=pk)
        try:
            end_secondment(
                secondment=secondment, ends_on=parse_date(request.POST.get("ends_on") or "") or None, by=self.actor
            )
        except DomainError as refusal:
            self.refuse(refusal)
        else:
            self.tell(_("已结束：%s") % secondment)
        return redirect("configuration:unit", code=secondment.centre.code)


class NewEntrusted(FormPage):
    section = "units"
    title = property(lambda self: _("委托服务"))
    intro = property(lambda self: _("费随事转：委托什么，随之转多少经费。"))

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_UNITS)

    def fields(self) -> list[Field]:
        units = list(Unit.objects.filter(active=True).order_by("code"))
        takers = [(unit.code, unit.name) for unit in units if unit.kind in ENTRUSTED]
        others = [(unit.code, unit.name) for unit in units if unit.kind not in ENTRUSTED]
        hint = "" if takers else _("还没有社会组织或购买服务单位，请先新建单位")
        return [
            Field("unit", _("承接单位"), "select", self.request.GET.get("unit", ""), hint, takers, required=True),
            Field("entrusted_by", _("委托单位"), "select", options=others, required=True),
            Field("matter", _("委托事项"), required=True, wide=True),
            Field("year", _("年度"), "int", today().year, required=True),
            Field("amount", _("金额（元）"), "decimal", required=True),
            Field("note", _("备注"), wide=True),
        ]

    def save(self, values: dict[str, Any]) -> str:
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=[values["unit"], values["entrusted_by"]])}
        unit, by_unit = units[values.pop("unit")], units[values.pop("entrusted_by")]
        made = entrust(unit=unit, entrusted_by=by_unit, by=self.actor, **values)
        return _("已登记：%s") % made

    def after(self) -> str:
        return reverse("configuration:entrusted")


class PayEntrusted(FormPage):
    section = "units"

    @property
    def service(self) -> EntrustedService:
        return get_object_or_404(EntrustedService.objects.select_related("unit"), pk=self.kwargs["pk"])

    @property
    def title(self) -> str:
        return _("登记支付：%s") % self.service

    @property
    def intro(self) -> str:
        service = self.service
        left = service.amount - service.paid
        return _("委托 %(all)s 元，已支付 %(paid)s 元，余额 %(left)s 元。") % {
            "all": service.amount, "paid": service.paid, "left": left,
        }  # fmt: skip

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_UNITS)

    def fields(self) -> list[Field]:
        return [
            Field("amount", _("支付金额（元）"), "decimal", required=True, hint=_("填负数为退回")),
            Field("note", _("说明"), hint=_("如合同编号、期次")),
        ]

    def save(self, values: dict[str, Any]) -> str:
        amount: Decimal = values["amount"]
        paid = pay_entrusted(service=self.service, amount=amount, note=values["note"], by=self.actor)
        return _("已登记支付 %(amount)s 元，余额 %(left)s 元") % {"amount": amount, "left": paid.amount - paid.paid}

    def after(self) -> str:
        return reverse("configuration:entrusted")

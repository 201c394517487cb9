"""A district, street, community or grid is begun, changed and ended on these forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from grids.models import Community, District, Division, Grid, GridKind, Setting, Street, StreetKind, Unit, Zone
from grids.permissions import Action, can
from grids.services import change_division, create_division, end_division
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible

MODELS: Mapping[str, type[Division]] = {"district": District, "street": Street, "community": Community, "grid": Grid}
PARENTS: Mapping[str, str] = {"street": "district", "community": "street", "grid": "community"}


def level_names() -> dict[str, str]:
    return {"district": _("区"), "street": _("街道"), "community": _("社区（村）"), "grid": _("网格")}


@dataclass(slots=True)
class Field:
    """One field of the form as it is shown."""

    name: str
    label: str
    value: Any = ""
    kind: str = "text"
    hint: str = ""
    options: tuple[tuple[Any, Any], ...] = ()
    required: bool = False
    faults: tuple[str, ...] = ()


def fields_of(level: str) -> list[Field]:
    """The fields of a level in the order of the form, empty."""
    own: dict[str, list[Field]] = {
        "district": [
            Field("number_prefix", _("工单号前缀"), required=True, hint=_("大写字母或数字，如 PK；工单号以它开头")),
        ],
        "street": [Field("kind", _("类型"), kind="choice", options=tuple(StreetKind.choices), value=StreetKind.STREET)],
        "community": [
            Field(
                "setting",
                _("城乡"),
                kind="choice",
                options=tuple(Setting.choices),
                value=Setting.URBAN,
                hint=_("决定适用哪一套网格标准"),
            ),
            Field("zone", _("分区"), kind="choice", options=(("", _("未分区")), *Zone.choices)),
        ],
        "grid": [
            Field(
                "kind", _("类型"), kind="choice", options=tuple(GridKind.choices), value=GridKind.COMPREHENSIVE,
                hint=_("学校、园区、商场等由占用单位牵头的为专属网格"),
            ),
            Field("party_branch", _("党支部")),
            Field("occupier", _("占用单位（平台内单位）"), kind="unit", hint=_("只用于专属网格；填单位代码")),
            Field("occupier_name", _("占用单位名称"), hint=_("占用单位不在平台内时填写")),
        ],
    }  # fmt: skip
    return [
        Field("name", _("名称"), required=True),
        Field("short_name", _("简称"), hint=_("不填则按名称推出")),
        *own[level],
        Field("households", _("户数"), kind="number"),
        Field("population", _("人口"), kind="number"),
    ]


class DivisionForm(ConfigurationPage):
    """What both forms share: filled in with what is known, every fault beside its field, nothing lost."""

    section = "grids"
    template: ClassVar[str] = "division_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("level", "") not in MODELS:
            raise NotVisible
        return super().dispatch(request, *args, **kwargs)

    def form(
        self,
        level: str,
        fields: list[Field],
        faults: Mapping[str, Any],
        context: Mapping[str, Any],
        refusal: DomainError | None = None,
    ) -> HttpResponse:
        if not can(self.actor, Action.EDIT_GROUND):
            raise NotAllowed
        for field in fields:
            field.faults = tuple(str(text) for text in faults.get(field.name, ()))
        shown = {
            "level": level,
            "level_name": level_names()[level],
            "fields": fields,
            "units": Unit.objects.filter(active=True).order_by("code") if level == "grid" else (),
            "refusal": refusal,
            **context,
        }
        return self.show(self.template, shown, refusal.status if refusal else 200)


class NewDivision(DivisionForm):
    def get(self, request: HttpRequest, level: str) -> HttpResponse:
        return self._show(level, fields_of(level), request.GET.get("parent", ""), {})

    def post(self, request: HttpRequest, level: str) -> HttpResponse:
        fields = fields_of(level)
        for field in fields:
            field.value = request.POST.get(field.name, "").strip()
        code, parent = request.POST.get("code", "").strip(), request.POST.get("parent", "").strip()
        values = {field.name: field.value for field in fields}
        try:
            division = create_division(level=level, code=code, parent=parent, values=values, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._show(level, fields, parent, refusal.fields, code, refusal)
        self.tell(_("已建立%(level)s：%(name)s") % {"level": level_names()[level], "name": division.name})
        return redirect(_place_of(level, code))

    def _show(
        self,
        level: str,
        fields: list[Field],
        parent: str,
        faults: Mapping[str, Any],
        code: str = "",
        refusal: DomainError | None = None,
    ) -> HttpResponse:
        above = PARENTS.get(level)
        first = [
            Field(
                "code", _("代码"), code or parent, required=True, hint=_("上级代码加顺序号，共 %d 位") % DIGITS[level]
            )
        ]
        if above:
            parents = MODELS[above]._default_manager.filter(valid_to=None).order_by("code")
            options = tuple((c, f"{n}（{c}）") for c, n in parents.values_list("code", "name"))
            first.insert(
                0,
                Field("parent", _("上级：%s") % level_names()[above], parent, "select", options=options, required=True),
            )
        return self.form(level, [*first, *fields], faults, {"new": True}, refusal)


DIGITS = {"district": 6, "street": 9, "community": 12, "grid": 15}


class EditDivision(DivisionForm):
    def get(self, request: HttpRequest, level: str, code: str) -> HttpResponse:
        division = self._division(level, code)
        fields = fields_of(level)
        for field in fields:
            value = getattr(division, field.name)
            field.value = value.code if isinstance(value, Unit) else "" if value is None else value
        return self.form(level, fields, {}, {"division": division})

    def post(self, request: HttpRequest, level: str, code: str) -> HttpResponse:
        division = self._division(level, code)
        if "end" in request.POST:
            return self._end(level, division)
        fields = fields_of(level)
        for field in fields:
            field.value = request.POST.get(field.name, "").strip()
        try:
            change_division(level=level, code=code, values={f.name: f.value for f in fields}, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.form(level, fields, refusal.fields, {"division": division}, refusal)
        self.tell(_("已保存：%s") % division.name)
        return redirect(_place_of(level, code))

    def _end(self, level: str, division: Division) -> HttpResponse:
        try:
            end_division(level=level, code=division.code, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:division", level=level, code=division.code)
        self.tell(_("已停用：%s") % division.name)
        return redirect("configuration:grids")

    def _division(self, level: str, code: str) -> Division:
        related = {"grid": ("occupier",)}.get(level, ())
        found = MODELS[level]._default_manager.select_related(*related).filter(code=code, valid_to=None).first()
        if found is None:
            raise NotVisible
        return found


def _place_of(level: str, code: str) -> str:
    """Where the division is seen on the list."""
    asked = f"grid={code}" if level == "grid" else f"within={code}" if level != "district" else ""
    return f"{reverse('configuration:grids')}?{asked}"

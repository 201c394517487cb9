"""The form of something that has a place: an element, a person who needs attention, a camera."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from configuration.pages.elements.board import ElementPage
from configuration.pages.forms import Field, FormPage
from grids.models import ElementType
from grids.models.element_fields import FieldKind
from grids.selectors.elements import element, element_types
from grids.services.elements import change_element, create_element, type_for

KINDS: Mapping[str, str] = {FieldKind.CHOICE: "select", FieldKind.DATE: "date"}
PREFIX = "fields."


def fields_asked(of: ElementType, values: Mapping[str, Any]) -> Iterable[Field]:
    """One field of the form for each that the type defines; a value that no longer fits stays to be chosen."""
    for each in of.definitions:
        if each.retired:
            continue
        value = values.get(each.name, "")
        label = f"{each.label}（{each.unit}）" if each.unit else each.label
        if each.kind == FieldKind.BOOLEAN:
            options: list[tuple[Any, Any]] = [("true", _("是")), ("false", _("否"))]
            value = str(value).lower() if isinstance(value, bool) else value
            yield Field(PREFIX + each.name, label, "select", value, options=options, required=each.required)
            continue
        options = [(choice, choice) for choice in each.choices]
        if each.kind == FieldKind.CHOICE and value and value not in each.choices:
            options.append((value, _("%s（旧值）") % value))
        yield Field(
            PREFIX + each.name, label, KINDS.get(each.kind, "text"), value, options=options, required=each.required
        )


def values_read(of: ElementType, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form told, with the fields of the type under ``fields``; what looks the same is the same."""
    told = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    given = {each.name: values.get(PREFIX + each.name) for each in of.definitions if not each.retired}
    return {**told, "fields": given}


def unchanged(given: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A form sends texts: one that reads like the value it stands for leaves that value as it is."""
    return {
        name: before[name] if name in before and value is not None and str(value) == _as_typed(before[name]) else value
        for name, value in given.items()
    }


def _as_typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class PlacedForm(FormPage):
    """A form with a map on which the place is put or dragged."""

    template = "elements/form.html"

    def place_fields(self, told: Mapping[str, Any]) -> list[Field]:
        return [
            Field("address", _("地址"), value=told.get("address", ""), wide=True),
            Field("lon", _("经度"), value=told.get("lon", ""), required=True),
            Field("lat", _("纬度"), value=told.get("lat", ""), required=True),
        ]

    def context(self) -> dict[str, Any]:
        return {"mapped": ("lon", "lat")}


class NewElement(PlacedForm, ElementPage):
    """A new element: its type first, then what that type asks for."""

    def allowed(self) -> bool:
        return self.may_edit

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.allowed() and not request.GET.get("type"):
            return self.show("elements/choose.html", {"types": element_types(), "new": "configuration:element-new"})
        return super().get(request, **kwargs)

    @property
    def of(self) -> ElementType:
        return type_for(self.request.GET.get("type"), sensitive=False)

    @property
    def title(self) -> str:
        return _("新建%s") % self.of.name

    def fields(self) -> list[Field]:
        return [
            Field("name", _("名称"), required=True),
            Field("code", _("编码"), hint=_("可不填，由系统编号")),
            *fields_asked(self.of, {}),
            *self.place_fields(self.request.GET),
            Field("key", _("重点要素"), "check", self.of.key),
        ]

    def save(self, values: dict[str, Any]) -> str:
        self.made = create_element(data={**values_read(self.of, values), "type": self.of.code}, by=self.actor)
        return _("已新建 %s") % self.made

    def after(self) -> str:
        made = getattr(self, "made", None)
        return reverse("configuration:element", args=[made.code]) if made else reverse("configuration:elements")


class EditElement(PlacedForm, ElementPage):
    code: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.code = kwargs["code"]

    def allowed(self) -> bool:
        return self.may_edit

    @property
    def title(self) -> str:
        return _("修改 %s") % self.code

    def fields(self) -> list[Field]:
        kept = element(self.code)
        told = {"address": kept.address, "lon": kept.lon, "lat": kept.lat}
        return [
            Field("name", _("名称"), value=kept.name, required=True),
            Field("code", _("编码"), value=kept.code, fixed=True),
            *fields_asked(kept.type, kept.fields),
            *self.place_fields(told),
            Field("key", _("重点要素"), "check", kept.key),
        ]

    def save(self, values: dict[str, Any]) -> str:
        kept = element(self.code)
        data = values_read(kept.type, values)
        data["fields"] = unchanged(data["fields"], kept.fields)
        change_element(code=self.code, data=data, by=self.actor)
        return _("已保存")

    def after(self) -> str:
        return reverse("configuration:element", args=[self.code])

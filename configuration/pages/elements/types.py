"""The types of elements and the fields that each asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from configuration.pages.elements.board import ElementPage
from grids.models import Colour, ElementLayer, ElementType
from grids.models.element_fields import FieldKind, Mask
from grids.selectors.elements import element_counts, element_types
from grids.services.element_types import ICONS, change_element_type, create_element_type
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

SPARE = 3
PARTS = ("name", "label", "kind", "required", "choices", "unit", "mask", "retired")
PLAIN = ("code", "name", "layer", "icon", "colour", "order")


class Types(ElementPage):
    """All types, with how many elements each has."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.may_edit:
            raise NotAllowed
        counts = element_counts()
        rows = [
            {"type": each, "number": "" if each.sensitive else counts.get(each.pk, (0, 0))[0]}
            for each in element_types(sensitive=None, active=None)
        ]
        return self.show("elements/types.html", {"rows": rows})


class TypeForm(ElementPage):
    """A type and its fields, each a line; an empty line is no field."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        if not self.may_edit:
            raise NotAllowed
        kept = self._kept(code)
        return self._page(kept, _values(kept) if kept else {"layer": "components", "active": True, "fields": []})

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        kept = self._kept(code)
        data = read(request.POST)
        try:
            if kept:
                change_element_type(code=code, data=data, by=self.actor)
            else:
                create_element_type(data=data, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(kept, data, refusal)
        self.tell(_("要素类型已保存"))
        return redirect("configuration:element-types")

    def _kept(self, code: str) -> ElementType | None:
        if not code:
            return None
        kept = ElementType.objects.filter(code=code).first()
        if kept is None:
            raise NotVisible
        return kept

    def _page(self, kept: ElementType | None, data: dict[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        lines = [{**each, "choices": _joined(each.get("choices"))} for each in data.get("fields", ())]
        context = {
            "kept": kept,
            "data": data,
            "lines": [*lines, *({"kind": "text", "mask": "hidden"} for _place in range(SPARE))],
            "layers": ElementLayer.choices,
            "colours": Colour.choices,
            "icons": ICONS,
            "kinds": FieldKind.choices,
            "masks": Mask.choices,
            "refusal": refusal,
            "faults": {
                name: [str(text) for text in texts] for name, texts in (refusal.fields if refusal else {}).items()
            },
        }
        return self.show("elements/type.html", context, refusal.status if refusal else 200)


def _values(kept: ElementType) -> dict[str, Any]:
    names = (*PLAIN, "key", "active", "fields")
    return {name: getattr(kept, name) for name in names}


def _joined(choices: Any) -> str:
    return choices if isinstance(choices, str) else "，".join(choices or ())


def read(posted: QueryDict) -> dict[str, Any]:
    """The plain values, and the fields line by line; what nobody filled in is left out."""
    lines = [
        {part: posted.get(f"{part}-{place}", "").strip() for part in PARTS}
        for place in range(min(whole(posted.get("lines"), 3) or 0, 60))
    ]
    fields = [{**line, "name": line["name"] or f"f{place + 1}"} for place, line in enumerate(lines) if line["label"]]
    told: dict[str, Any] = {name: posted.get(name, "").strip() for name in PLAIN}
    return {**told, "key": "key" in posted, "active": "active" in posted, "fields": fields}

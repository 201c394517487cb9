"""A page with one form: what is typed is read by kind, every fault stands beside its field, nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed


@dataclass(slots=True)
class Field:
    """One field. ``kind``: text, long, int, decimal, date, select or check; ``options`` are (value, label) pairs."""

    name: str
    label: Any
    kind: str = "text"
    value: Any = ""
    hint: Any = ""
    options: Sequence[tuple[Any, Any]] = ()
    required: bool = False
    wide: bool = False
    fixed: bool = False  # Shown, not changed.
    faults: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        if isinstance(self.value, dt.date):
            return self.value.isoformat()
        if isinstance(self.value, Decimal):
            return plain(self.value)
        return "" if self.value is None else str(self.value)


def plain(figure: Decimal) -> str:
    """A figure without zeros that say nothing."""
    return f"{figure.normalize():f}"


def _whole(text: str) -> int:
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 10):
        raise ValueError
    return int(text)


def _decimal(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or len(text) > 14:
        raise ValueError
    return found


def _date(text: str) -> dt.date:
    found = parse_date(text)
    if found is None:
        raise ValueError
    return found


READERS: Mapping[str, tuple[Any, Any]] = {
    "int": (_whole, "整数"),
    "decimal": (_decimal, "数字"),
    "date": (_date, "日期"),
}


def read(fields: Sequence[Field], typed: Mapping[str, str]) -> dict[str, Any]:
    """Put what was typed into the fields and return it by name, read; an empty one of another kind than text is None.

    Raise Invalid with every fault.
    """
    values: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for field in fields:
        if field.fixed:
            values[field.name] = field.value
            continue
        text = typed.get(field.name, "").strip()
        field.value = text
        if field.kind == "check":
            field.value = values[field.name] = bool(text)
        elif not text:
            values[field.name] = None if field.kind in READERS else ""
            if field.required:
                faults[field.name] = [_("请填写")]
        else:
            _read_one(field, text, values, faults)
    if faults:
        raise Invalid(fields=faults)
    return values


def _read_one(field: Field, text: str, values: dict[str, Any], faults: dict[str, list[str]]) -> None:
    reader, kind = READERS.get(field.kind, (str, ""))
    try:
        values[field.name] = reader(text)
    except (ValueError, InvalidOperation):
        faults[field.name] = [_("请填写%s") % _(kind)]
    if field.kind == "select" and text not in {str(value) for value, _label in field.options}:
        faults[field.name] = [_("请从列表中选择")]


class FormPage(ConfigurationPage):
    """Subclasses give the fields and save what was read; ``after`` is where one goes then."""

    template: ClassVar[str] = "form.html"
    title: Any = ""
    intro: Any = ""
    save_label: Any = ""

    def fields(self) -> list[Field]:
        raise NotImplementedError

    def save(self, values: dict[str, Any]) -> str:
        """Call the service; return what to say. Refusals are shown beside the fields."""
        raise NotImplementedError

    def after(self) -> str:
        raise NotImplementedError

    def allowed(self) -> bool:
        return True

    def context(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.allowed():
            raise NotAllowed
        return self._form(self.fields())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        fields = self.fields()
        try:
            said = self.save(read(fields, request.POST.dict()))
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._form(fields, refusal)
        self.tell(said)
        return redirect(self.after())

    def _form(self, fields: list[Field], refusal: DomainError | None = None) -> HttpResponse:
        named = {field.name for field in fields}
        faults = refusal.fields if refusal else {}
        for field in fields:
            field.faults = tuple(str(text) for text in faults.get(field.name, ()))
        loose = [str(text) for name, texts in faults.items() if name not in named for text in texts]
        shown = {
            "title": self.title,
            "intro": self.intro,
            "save_label": self.save_label or _("保存"),
            "fields": fields,
            "refusal": refusal,
            "loose": loose,
            "back": self.after(),
            **self.context(),
        }
        return self.show(self.template, shown, refusal.status if refusal else 200)

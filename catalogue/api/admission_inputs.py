"""An application as forms and the API send it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from catalogue.services.admissions import Application
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

TEXTS = ("name", "asked", "legal_basis", "budget_source", "budget_period")
CHOICES = ("urgency", "deadline_class", "frequency")
LISTS = ("registration_conditions", "closing_conditions")


def read_application(told: Mapping[str, Any]) -> Application:
    """Read an application as a form or the API sends it; conditions as lines or as a list. Raise Invalid."""
    wrong: dict[str, list[str]] = {}
    parent = str(told.get("parent") or "")
    if parent and whole(parent) is None:
        wrong["parent"] = [_("请选择一个大类")]
    people = str(told.get("people_needed") or "0").strip()
    if whole(people, 7) is None:
        wrong["people_needed"] = [_("人数须为整数")]
    budget = _yuan(str(told.get("budget_yuan") or "0"))
    if budget is None:
        wrong["budget_yuan"] = [_("金额须为数字，最多两位小数")]
    if wrong or budget is None:
        raise Invalid(fields=wrong)
    values: dict[str, Any] = {name: str(told.get(name) or "") for name in TEXTS}
    values |= {name: str(told[name]) for name in CHOICES if told.get(name)}
    values |= {name: _lines(told.get(name)) for name in LISTS}
    return Application(
        **values, parent_id=int(parent) if parent else None, people_needed=int(people), budget_yuan=budget
    )


def _lines(told: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in told) if isinstance(told, list | tuple) else tuple(str(told or "").splitlines())


def _yuan(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip() or "0")
    except InvalidOperation:
        return None
    if not value.is_finite() or len(text) > 20:
        return None
    return value if value == value.quantize(Decimal("0.01")) else None

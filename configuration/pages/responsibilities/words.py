"""A list in words, and what its forms offer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from catalogue.models import Responsibility
from catalogue.rules import Domain, Level, Unit
from catalogue.selectors import category_tree
from catalogue.selectors.lists import book, number_key
from catalogue.selectors.responsible import function_name
from catalogue.services.responsibility_lists import ItemTold
from grids.ground import in_force
from grids.models import GridKind, Street
from grids.rules import FUNCTIONS
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

A_PAGE = 50


def options() -> dict[str, Any]:
    """What the filters and the editor offer. One query."""
    units = [unit for unit in book().units.values() if unit.active and unit.kind == "duty_department"]
    return {
        "domains": Domain.choices,
        "levels": Level.choices,
        "grid_kinds": GridKind.choices,
        "term_units": Unit.choices,
        "functions": [(code, each.name) for code, each in FUNCTIONS.items()],
        "tree": category_tree(),
        "streets": list(Street.objects.filter(in_force()).order_by("code").values_list("code", "short_name")),
        "units": units,
    }


def filtered(items: list[Responsibility], asked: Mapping[str, str]) -> list[Responsibility]:
    """The lines that fit domain, level, street, department (function or unit code) and words."""
    words = asked.get("q", "").strip().lower()

    def fits(item: Responsibility) -> bool:
        lead = item.lead_unit.code if item.lead_unit else item.lead_function
        pinyin = item.category.pinyin
        texts = (item.code, item.name, item.category.name, pinyin, pinyin.replace(" ", ""), item.legal_basis)
        return (
            asked.get("domain", "") in ("", item.domain)
            and asked.get("level", "") in ("", item.level)
            and asked.get("lead", "") in ("", lead)
            and (not asked.get("street") or item.street is None or item.street.code == asked["street"])
            and (not words or any(words in text.lower() for text in texts))
        )

    return sorted((item for item in items if fits(item)), key=lambda item: (number_key(item.code), item.level))


def paged(items: list[Responsibility], number: str) -> Page[Responsibility]:
    return Paginator(items, A_PAGE).get_page(number)


def read_item(told: Mapping[str, Any]) -> ItemTold:
    """A line as a form or the API sends it. Raise Invalid."""
    amount = str(told.get("amount") or "").strip()
    if amount and whole(amount, 6) is None:
        raise Invalid(fields={"amount": [_("时限须为整数")]})
    assisting = told.get("assisting") or ()
    if isinstance(assisting, str):
        assisting = SEPARATORS.sub(" ", assisting).split()
    assisting = [FUNCTION_CODES.get(str(each).strip(), str(each).strip()) for each in assisting]
    values = {name: str(told.get(name) or "").strip() for name in TEXTS}
    return ItemTold(
        **values, assisting=tuple(assisting), amount=int(amount) if amount else None,
        amount_unit=str(told.get("amount_unit") or "") if amount else "",
    )  # fmt: skip


SEPARATORS = re.compile("[、；;，,]+")
FUNCTION_CODES = {str(each.name): code for code, each in FUNCTIONS.items()}
TEXTS = (
    "code", "name", "domain", "category", "level", "lead", "street", "community", "grid_kind", "legal_basis", "note",
)  # fmt: skip


def told_of(item: Responsibility) -> dict[str, Any]:
    """The editor filled in with a line."""
    return {
        "code": item.code, "name": item.name, "domain": item.domain, "category": item.category.code,
        "level": item.level, "lead": item.lead_unit.code if item.lead_unit else item.lead_function,
        "assisting": "、".join(map(function_name, item.assisting)), "street": item.street.code if item.street else "",
        "community": item.community.code if item.community else "", "grid_kind": item.grid_kind,
        "legal_basis": item.legal_basis, "amount": item.amount or "", "amount_unit": item.amount_unit,
        "note": item.note,
    }  # fmt: skip


def read_day_or_none(text: str) -> dt.date | None:
    """Raise Invalid."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(fields={"effective_from": [_("请填写日期，如 2027-01-01")]}) from error

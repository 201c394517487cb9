"""Rules, hours and days as forms and the API send them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalogue.services.deadline_drafts import Line
from configuration.reading.hours import read_hours
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

MOST_DAYS = 400


def told_by(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return what a body or a query says. Raise DRF's ValidationError."""
    told = kind(data=data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def read_line(told: Mapping[str, Any]) -> Line:
    """Read a line as a form or the API sends it. Raise Invalid."""
    amount, category = str(told.get("amount") or "").strip(), str(told.get("category") or "").strip()
    wrong = {}
    if amount and whole(amount, 8) is None:
        wrong["amount"] = [_("时长须为整数")]
    if category and whole(category) is None:
        wrong["category"] = [_("没有这个事项")]
    if wrong:
        raise Invalid(fields=wrong)
    ends = bool(told.get("ends"))
    if not ends and not amount:
        raise Invalid(fields={"amount": [_("请填写时长")]})
    return Line(
        stage=str(told.get("stage") or ""),
        category_id=int(category) if category else None,
        deadline_class=str(told.get("deadline_class") or ""),
        source=str(told.get("source") or ""),
        urgency=str(told.get("urgency") or ""),
        level=str(told.get("level") or ""),
        amount=None if ends else int(amount),
        unit="" if ends else str(told.get("unit") or ""),
        around_the_clock=not ends and bool(told.get("around_the_clock")),
    )


def read_day(text: str) -> dt.date:
    """Read a day as a form sends it. Raise Invalid."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(fields={"valid_from": [_("请选择日期")]}) from error


def read_head(told: Mapping[str, Any]) -> dict[str, Any]:
    """Read the hours and dates of a draft as its form sends them. Raise Invalid."""
    try:
        known_until = dt.date.fromisoformat(told.get("known_until", ""))
    except ValueError as error:
        raise Invalid(fields={"known_until": [_("请选择日期")]}) from error
    slots = read_hours(told.get("slots", ""), "slots")
    if not slots:
        raise Invalid(fields={"slots": [_("请填写标准工作时段")]})
    week = [read_hours(told.get(f"week{n}", ""), f"week{n}") for n in range(7)]
    plain = week == [slots] * 5 + [[], []]
    return {
        "name": told.get("name", "").strip() or _("法定工作日历"),
        "slots": slots,
        "week": None if plain else week,
        "known_until": known_until,
        "reason": told.get("reason", "").strip()[:500],
    }


def read_dates(text: str) -> list[dt.date]:
    """Read days divided by commas. Raise Invalid."""
    try:
        dates = [dt.date.fromisoformat(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise Invalid(fields={"dates": [_("日期须写成2027-01-01")]}) from error
    if not dates or len(dates) > MOST_DAYS:
        raise Invalid(fields={"dates": [_("请先在年历上选中日期")]})
    return dates

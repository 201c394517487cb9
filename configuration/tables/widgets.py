"""How cells are read and written: each refusal says what is expected."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export.widgets import Widget

YES, NO = ("是", "1", "true", "yes", "y", "√", "有"), ("否", "0", "false", "no", "n", "×", "无")
SEPARATORS = re.compile(r"[、；;\n|]+")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


class Text(Widget):
    """Plain text without blanks around it."""

    def __init__(self, longest: int = 200, pattern: str = "", remedy: str | Promise = "") -> None:
        super().__init__()
        self.longest, self.pattern, self.remedy = longest, re.compile(pattern) if pattern else None, remedy

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "").strip()
        if len(text) > self.longest:
            raise ValueError(_("不能超过 %d 个字") % self.longest)
        if text and self.pattern and not self.pattern.fullmatch(text):
            raise ValueError(str(self.remedy))
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Shape(Text):
    """GeoJSON; people are shown how many points it has."""

    def __init__(self) -> None:
        super().__init__(5_000_000)

    def shown(self, text: str) -> str:
        try:
            told = json.loads(text)
        except ValueError:
            return text
        return _("图形 %d 个点") % _points(told.get("coordinates")) if isinstance(told, dict) else text


def _points(coordinates: Any) -> int:
    """Positions in nested rings, the closing one of each ring left out."""
    if not isinstance(coordinates, list) or not coordinates or not isinstance(coordinates[0], list):
        return 0
    if isinstance(coordinates[0][0], list):
        return sum(_points(ring) for ring in coordinates)
    return len(coordinates) - int(coordinates[0] == coordinates[-1])


class Number(Widget):
    """A whole number between two bounds."""

    def __init__(self, least: int = 0, most: int = 2_000_000_000) -> None:
        super().__init__()
        self.least, self.most = least, most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = str(value or "").strip().replace(",", "").replace("，", "")
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,12}(\.0+)?", text):
            raise ValueError(_("应为整数"))
        number = int(float(text))
        if not self.least <= number <= self.most:
            raise ValueError(_("应在 %(least)s 到 %(most)s 之间") % {"least": self.least, "most": self.most})
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Amount(Widget):
    """A decimal number; ``places`` digits after the point."""

    def __init__(self, places: int = 2, least: str = "0", most: str = "1e12") -> None:
        super().__init__()
        self.places, self.least, self.most = places, Decimal(least), Decimal(most)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = str(value or "").strip().replace(",", "").replace("，", "")
        if not text:
            return None
        try:
            number = round(Decimal(text), self.places)
        except InvalidOperation as error:
            raise ValueError(_("应为数字")) from error
        if not number.is_finite() or not self.least <= number <= self.most:
            raise ValueError(_("应在 %(least)s 到 %(most)s 之间") % {"least": self.least, "most": self.most})
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{Decimal(value).normalize():f}"


class Day(Widget):
    """A date: 2026-11-22, 2026/11/22 or 2026年11月22日."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        text = str(value or "").strip()
        if not text:
            return None
        match = DATE.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            return dt.date(*map(int, match.groups()))
        except ValueError as error:
            raise ValueError(_("应为日期，如 2026-11-22")) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Choice(Widget):
    """One of a few words; the code is understood as well."""

    def __init__(
        self,
        choices: Mapping[str, str | Promise] | Sequence[tuple[str, str | Promise]],
        also: Mapping[str, str] | None = None,
    ) -> None:
        """``also`` are other words in use, with their codes."""
        super().__init__()
        self.choices, self.also = dict(choices), dict(also or {})

    @property
    def words(self) -> list[str]:
        return [str(label) for label in self.choices.values()]

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "").strip()
        if not text or text in self.choices:
            return text
        if text in self.also:
            return self.also[text]
        for code, label in self.choices.items():
            if str(label) == text:
                return code
        raise ValueError(_("应为：%s") % "、".join(self.words))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.choices.get(value, value or ""))


class YesNo(Widget):
    """Yes or no; an empty cell is what the column says it is."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        text = str(value or "").strip().lower()
        if not text:
            return None
        if text in YES:
            return True
        if text in NO:
            return False
        raise ValueError(_("应为：是、否"))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "是" if value else "否"


class Several(Widget):
    """A list in one cell, parted by 、 or ； or line breaks."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [part.strip() for part in SEPARATORS.split(str(value or "")) if part.strip()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "；".join(value or [])

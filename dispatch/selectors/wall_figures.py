"""The figures of the wall: measures with their comparison, shares, trends. From what wall.py read, no query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.rules.wall import MEASURES, NONE, SPLITS, Measure, Shape, Split, of, percent, shares, written
from dispatch.selectors.wall import DAYS, Hours, Month, PlaceNow, ReadingSum

WEEK = 7
SPARK_DAYS = 14
# A reading is taken every ten minutes; one that is missing is not replaced by one much older.
NEAR = dt.timedelta(minutes=25)
HOUR = dt.timedelta(hours=1)
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a wall was made of."""

    now: dt.datetime
    month: Month
    readings: Sequence[ReadingSum]
    places: Sequence[PlaceNow]
    hours: Hours

    def reading_at(self, moment: dt.datetime) -> ReadingSum | None:
        """The last reading up to that moment, if it is near."""
        found = [each for each in self.readings if each.at <= moment]
        return found[-1] if found and moment - found[-1].at <= NEAR else None

    def today(self, name: str) -> int:
        return self.month.days.get(self.month.today, {}).get(name, 0)

    def standing(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.places)


def measures_told(seen: Seen) -> list[Told]:
    return [_told(seen, measure) for measure in MEASURES]


def _told(seen: Seen, measure: Measure) -> Told:
    told: Told = {
        "key": measure.key, "name": str(measure.label), "icon": measure.icon, "definition": str(measure.definition),
        "numerator": str(measure.numerator), "denominator": str(measure.denominator), "least": measure.least,
        "tone": "", "sample": None, "period": "",
    }  # fmt: skip
    if measure.shape != Shape.COUNT:
        return told | _rate(seen, measure)
    return told | (_count_today(seen, measure) if measure.part else _count_now(seen, measure))


def _count_today(seen: Seen, measure: Measure) -> Told:
    number = of(seen.month.days.get(seen.month.today, {}), measure)[0]
    if measure.key == "reported":
        # Sums are some seconds old; reports are counted.
        number = sum(n for hour, n in seen.hours.by_hour.items() if _day(hour) == seen.month.today)
    value, unit = written(measure, number, 1)
    line = seen.month.line(measure.part, SPARK_DAYS + 1)[:-1]
    return {"value": value, "unit": str(unit), "note": _beside(seen, measure.key, line[-WEEK:]), "spark": line}


def _beside(seen: Seen, key: str, week: Sequence[int]) -> str:
    """Yesterday at this hour, where somebody looked, and what a day brings."""
    then = seen.reading_at(seen.now - dt.timedelta(days=1))
    before = None if then is None or then.day == seen.month.today else getattr(then, key)
    if key == "reported":
        before = seen.hours.yesterday
    mean = _("日均 %s") % f"{round(sum(week) / WEEK):,}"
    return mean if before is None else _("昨日此时 %(number)s · %(mean)s") % {"number": f"{before:,}", "mean": mean}


def _count_now(seen: Seen, measure: Measure) -> Told:
    names = {"open": "open", "overdue": "late", "supervised": "supervised"}
    number = seen.standing(names[measure.key])
    value, unit = written(measure, number, 1)
    opened = seen.standing("open")
    share = f"{percent(number, opened)}%" if opened else NONE
    notes = {
        "open": _("其中区级 %s") % f"{seen.standing('above'):,}",
        "overdue": _("一小时内到期 %s") % f"{seen.standing('soon'):,}",
        "supervised": _("占在办 %s") % share,
    }
    since = [each for each in seen.readings if each.at >= seen.now - dt.timedelta(days=1)]
    line = [getattr(each, measure.key) for each in since[::6]] if measure.key != "supervised" else []
    tone = "critical" if measure.key == "overdue" and number else ""
    return {"value": value, "unit": str(unit), "note": notes[measure.key], "spark": line, "tone": tone}


def _rate(seen: Seen, measure: Measure) -> Told:
    """Of today if there are samples enough, else of seven days, else nothing."""
    days = _enough(lambda days: of(seen.month.over(days), measure)[1], measure.least, (1, WEEK))
    part, whole = of(seen.month.over(days or WEEK), measure)
    enough, period = bool(days), _called(days) if days else ""
    value, unit = written(measure, part, whole) if enough else (NONE, "")
    month = of(seen.month.over(DAYS), measure)
    beside, its_unit = written(measure, *month) if month[1] >= measure.least else (NONE, "")
    if enough:
        note = _("%(period)s · 近 30 日 %(value)s%(unit)s") % {"period": period, "value": beside, "unit": its_unit}
    else:
        note = _("样本不足 %d") % measure.least
    days_told = [of(seen.month.days.get(seen.month.today - dt.timedelta(days=back), {}), measure) for back in _back()]
    line = [round(part / whole, 4) if whole else None for part, whole in days_told]
    return {"value": value, "unit": str(unit), "note": note, "spark": line, "sample": whole, "period": period}


def _enough(samples: Callable[[int], int], least: int, spans: Sequence[int]) -> int | None:
    """The shortest of the spans of days, today included, that has samples enough."""
    return next((days for days in spans if samples(days) >= least), None)


def _called(days: int) -> str:
    return _("今日") if days == 1 else _("近 %d 日") % days


def _back() -> range:
    """The days of a sparkline, the oldest first, without today."""
    return range(SPARK_DAYS, 0, -1)


# -- shares


def splits_told(seen: Seen) -> list[Told]:
    return [_split(seen, split) for split in SPLITS]


def _split(seen: Seen, split: Split) -> Told:
    days = _enough(lambda days: seen.month.over(days, split.source).get(split.whole, 0), split.least, (1, WEEK, DAYS))
    sums = seen.month.over(days or DAYS, split.source)
    whole, enough = sums.get(split.whole, 0), bool(days)
    parts = [
        {
            "name": str(part.label), "goal": part.goal, "number": number,
            "value": percent(number, whole) if enough else NONE,
        }
        for part, number in zip(split.parts, shares(split, sums), strict=True)
    ]  # fmt: skip
    return {
        "key": split.key, "name": str(split.label), "definition": str(split.definition),
        "numerator": str(split.numerator), "denominator": str(split.denominator), "least": split.least,
        "goal": "/".join(str(part.goal) for part in split.parts), "sample": whole, "enough": enough,
        "period": _called(days) if days else _("样本不足 %d") % split.least, "parts": parts,
    }  # fmt: skip


# -- trends


def trends_told(seen: Seen) -> Told:
    return {"day": _last_hours(seen), "month": _last_days(seen)}


def _last_hours(seen: Seen) -> Told:
    """The last 24 hours by the hour: reports, the same hours a day before, closings where they were read."""
    this = seen.now.replace(minute=0, second=0, microsecond=0)
    hours = [this - n * HOUR for n in range(23, -1, -1)]
    day = dt.timedelta(days=1)
    return {
        "x": [int(hour.timestamp()) for hour in hours],
        "reported": [seen.hours.by_hour.get(hour, 0) for hour in hours],
        "before": [seen.hours.by_hour.get(hour - day, 0) for hour in hours],
        "closed": [_closed_in(seen, hour) for hour in hours],
    }


def _closed_in(seen: Seen, hour: dt.datetime) -> int | None:
    """Closings between two readings; None where one is missing. A day's count begins anew at midnight."""
    first, last = seen.reading_at(hour), seen.reading_at(min(hour + HOUR, seen.now))
    if last is None or last.at <= hour:
        return None
    begins = timezone.localtime(hour)
    if begins.hour == 0:
        return last.closed if last.day == begins.date() else None
    if begins.hour == 23 and last.day != begins.date():
        # What the last minutes of a day brought is in its sums, not in a reading.
        closed = seen.month.days.get(begins.date(), {}).get("closed", 0)
        return max(0, closed - first.closed) if first is not None else None
    return None if first is None or first.day != last.day else max(0, last.closed - first.closed)


def _last_days(seen: Seen) -> Told:
    first = seen.month.today - dt.timedelta(days=DAYS - 1)
    midnight = timezone.localtime(seen.now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "x": [int((midnight + dt.timedelta(days=n + 1 - DAYS)).timestamp()) for n in range(DAYS)],
        "first": first.isoformat(),
        "reported": seen.month.line("reported", DAYS),
        "closed": seen.month.line("closed", DAYS),
        "escalated": seen.month.line("escalated", DAYS),
    }


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()

"""When something would be due if it came in at a chosen moment, and which rule says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from catalogue import calendars
from catalogue.deadlines import Asked, Preview, Verdict, current_table, default_moment, kinds, preview, verdicts
from catalogue.deadlines.choosing import PLAIN
from catalogue.deadlines.drafting import table_with
from catalogue.models import DeadlineDraft
from catalogue.rules import Level, Stage, Urgency
from catalogue.selectors.deadlines import changes_of, deadline_drafts
from catalogue.services.deadlines import today
from catalogue.workclock import SHANGHAI, CalendarClock
from configuration.pages.base import ConfigurationPage
from configuration.pages.deadlines.words import RuleLine, clock_words, line_of, matters, options, term_words
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.numbers import whole

WIDTH = 600
DAY_SECONDS = 86_400
MOST_TICKS = 31


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a time line, in its own units."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Side:
    """One stage by one set of rules."""

    term: str
    clock: str
    due_at: dt.datetime
    warning: str
    rule: RuleLine | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One stage: by the rules in force and, if a draft is compared, by that."""

    stage: Stage
    now: Side
    then: Side | None
    days_off: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    verdicts: tuple[tuple[Verdict, RuleLine], ...]

    @property
    def changed(self) -> bool:
        return self.then is not None and (self.now.term, self.now.due_at) != (self.then.term, self.then.due_at)


class DeadlinePreview(ConfigurationPage):
    section = "deadlines"

    def get(self, request: HttpRequest) -> HttpResponse:
        clock = calendars.calendar_by_version(calendars.current_version())
        day = today()
        asked, chosen = _asked(request.GET)
        moment = _moment(request.GET.get("moment", "")) or default_moment(clock, day)
        draft = _draft(request.GET.get("draft", ""))
        rows = _rows(asked, moment, clock, draft, day)
        return self.show(
            "deadline_preview.html",
            {
                "tab": "preview",
                "rows": rows,
                "moment": moment,
                "chosen": chosen,
                "draft": draft,
                "drafts": deadline_drafts().filter(
                    state__in=(DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)
                ),
                "matters": matters(),
                "clock": clock,
                "changed": sum(row.changed for row in rows),
                "quick": _quick(clock, day),
                **options(),
            },
        )


def _asked(told: Any) -> tuple[Asked, dict[str, str]]:
    """Read what is asked about; what is not a choice becomes the plainest one."""
    chosen = {name: told.get(name, "") for name in ("category", "urgency", "level", "source", "draft")}
    if chosen["urgency"] not in Urgency.values:
        chosen["urgency"] = Urgency.NORMAL.value
    if chosen["level"] not in Level.values:
        chosen["level"] = Level.STREET.value
    known = kinds()
    pk = whole(chosen["category"])
    category_id = pk if pk in known else None
    kind = known[category_id] if category_id is not None else PLAIN
    return Asked(chosen["level"], chosen["urgency"], category_id, chosen["source"], kind), chosen


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return moment if 2005 <= moment.year <= 2100 else None


def _draft(text: str) -> DeadlineDraft | None:
    return DeadlineDraft.objects.filter(pk=whole(text) or 0).first()


def _quick(clock: CalendarClock, day: dt.date) -> list[tuple[str, dt.datetime]]:
    """Moments that people ask about."""
    evening = dt.time(17, 20)
    last = next(
        (each for each in (day + dt.timedelta(days=n) for n in range(400)) if _before_holiday(clock, each)), None
    )
    found = [(_("放假前的周五17:20") if last is not None else _("下一个周五17:20"), default_moment(clock, day))]
    if last is not None:
        found.append((_("放假前最后一个工作日17:20"), dt.datetime.combine(last, evening, SHANGHAI)))
    return found


def _before_holiday(clock: CalendarClock, day: dt.date) -> bool:
    """A day at work, and the next day that the week calls a workday is off."""
    following = day + dt.timedelta(days=1)
    while not clock.plain_hours(following):
        following += dt.timedelta(days=1)
    between = (following - day).days
    off = all(not clock.is_workday(day + dt.timedelta(days=n)) for n in range(1, between + 1))
    return clock.is_workday(day) and off and following <= clock.known_until


def _rows(
    asked: Asked, moment: dt.datetime, clock: CalendarClock, draft: DeadlineDraft | None, day: dt.date
) -> list[Row]:
    table = current_table()
    local = moment.astimezone(SHANGHAI).date()
    after: Sequence[Preview | None] = [None] * len(Stage)
    if draft is not None:
        # A draft is shown as it works once it is in force, even if the moment lies before that.
        start = max(draft.valid_from, day)
        after = preview(table_with(changes_of(draft), start), asked, moment, clock, max(local, start))
    found = []
    for before, then in zip(preview(table, asked, moment, clock), after, strict=True):
        told = verdicts([rule for rule in table if rule.stage == before.stage], asked, local)
        found.append(_row(before, then, moment, clock, told))
    return found


def _row(before: Preview, then: Preview | None, moment: dt.datetime, clock: CalendarClock, told: list[Verdict]) -> Row:
    first = dt.datetime.combine(moment.astimezone(SHANGHAI).date(), dt.time(), SHANGHAI)
    last = max(each.due_at for each in (before, then) if each is not None)
    days = (last.date() - first.date()).days + 1
    scale = WIDTH / (days * DAY_SECONDS)
    step = max(1, -(-days // MOST_TICKS), 1 if days < 12 else 2 if days < 20 else 5)
    dates = [first.date() + dt.timedelta(days=n) for n in range(days)]
    return Row(
        stage=Stage(before.stage),
        now=_side(before, first, scale),
        then=_side(then, first, scale) if then is not None else None,
        days_off=tuple(
            Bar(round(n * WIDTH / days, 2), round(WIDTH / days, 2))
            for n, date in enumerate(dates)
            if not clock.is_workday(date)
        ),
        ticks=tuple(
            (round((n + 0.5) * WIDTH / days, 2), f"{date.month}/{date.day}")
            for n, date in enumerate(dates)
            if n % step == 0
        ),
        verdicts=tuple((verdict, line_of(verdict.rule)) for verdict in told),
    )


def _side(each: Preview, first: dt.datetime, scale: float) -> Side:
    policy = each.policy
    bars = tuple(
        Bar(round((a - first).total_seconds() * scale, 2), max(1.2, round((b - a).total_seconds() * scale, 2)))
        for a, b in each.spans
    )
    return Side(
        term=term_words(policy.amount, policy.unit, policy.around_the_clock),
        clock=clock_words(policy.unit, policy.around_the_clock),
        due_at=each.due_at,
        warning=each.warning,
        rule=line_of(each.rule) if each.rule else None,
        bars=bars,
    )

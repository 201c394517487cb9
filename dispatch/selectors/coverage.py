"""For how much of a time the rosters have somebody in a unit, and in which hours nobody."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from dispatch.models import COMING, Watch
from dispatch.rules.rosters import Span

HOUR = dt.timedelta(hours=1)
# Whoever answers in a centre; a patrol is out.
DESK = ("duty_officer", "dispatcher", "on_call")


def staffed_spans(since: dt.datetime, until: dt.datetime) -> Mapping[int, list[Span]]:
    """By unit, the times in which somebody of a published shift is at the desk, merged. One query."""
    rows = Watch.objects.filter(
        state__in=COMING,
        post__in=DESK,
        user__is_active=True,
        shift__published_at__isnull=False,
        shift__ends_at__gt=since,
        shift__starts_at__lt=until,
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for unit_id, start, end in rows.values_list("shift__unit_id", "shift__starts_at", "shift__ends_at"):
        found[unit_id].append(Span(start, end))
    return {unit_id: merged(spans) for unit_id, spans in found.items()}


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order; what touches becomes one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.starts_at <= out[-1].ends_at:
            out[-1] = Span(out[-1].starts_at, max(out[-1].ends_at, span.ends_at))
        else:
            out.append(span)
    return out


def hours_of(since: dt.datetime, number: int) -> list[Span]:
    return [Span(since + HOUR * n, since + HOUR * (n + 1)) for n in range(number)]


def covered_throughout(spans: list[Span], hour: Span) -> bool:
    """``spans`` are merged."""
    return any(each.starts_at <= hour.starts_at and hour.ends_at <= each.ends_at for each in spans)


def touched(spans: list[Span], hour: Span) -> bool:
    return any(each.starts_at < hour.ends_at and hour.starts_at < each.ends_at for each in spans)

"""Every hour of the next seven days: is the centre staffed that answers, and the department reachable that is sent?"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.calendars import calendar_by_version, current
from configuration.selectors.preflight.found import CRITICAL, WARNING, Hole, hole
from dispatch.rules.rosters import Span
from dispatch.selectors.coverage import HOUR, covered_throughout, hours_of, merged, staffed_spans, touched
from grids.models import Unit, UnitKind
from lianqin.kernel import clock

HOURS = 7 * 24
ROSTER = "/duty/roster/"
# (street, or None for the district; lead or None) -> how many (grid, matter).
Leads = Mapping[tuple[int | None, int | None], int]


@dataclass(frozen=True, slots=True)
class HourProof:
    """``combinations`` is how many (grid, matter, level, hour) were asked; ``open`` how many reach nobody."""

    combinations: int
    open: int
    holes: tuple[Hole, ...]


def prove_hours(leads: Leads, staffed: frozenset[int]) -> HourProof:
    """From the hour that begins next. A centre must be staffed throughout an hour; a department is reachable in an hour
    that its people on call or its office hours touch. Two queries.
    """
    first = clock.now().replace(minute=0, second=0, microsecond=0) + HOUR
    hours = hours_of(first, HOURS)
    desks = staffed_spans(first, hours[-1].ends_at)
    units = {unit.pk: unit for unit in Unit.objects.filter(active=True).only("code", "short_name", "kind", "street_id")}
    centres = {
        unit.street_id: unit for unit in units.values() if unit.kind in (UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER)
    }
    bare = {
        pk: frozenset(n for n, hour in enumerate(hours) if not covered_throughout(desks.get(pk, []), hour))
        for pk in {unit.pk for unit in centres.values()}
    }
    office = _office(first, hours[-1].ends_at)
    silent = {
        pk: frozenset(n for n, hour in enumerate(hours) if not touched(merged([*desks.get(pk, []), *office]), hour))
        if pk in staffed
        else frozenset(n for n, hour in enumerate(hours) if not touched(desks.get(pk, []), hour))
        for pk in {lead for _street, lead in leads if lead is not None}
    }
    everything = frozenset(range(HOURS))
    missed, of_centre, of_lead = 0, Counter[int](), Counter[int]()
    for (street_id, lead), number in leads.items():
        centre = centres.get(street_id)
        no_centre = bare[centre.pk] if centre is not None else everything
        no_lead = silent[lead] if lead is not None else frozenset()
        missed += number * len(no_centre | no_lead)
        if centre is not None:
            of_centre[centre.pk] += number * len(no_centre)
        if lead is not None:
            of_lead[lead] += number * len(no_lead)
    return HourProof(
        combinations=sum(leads.values()) * HOURS,
        open=missed,
        holes=(*_centres(of_centre, bare, units, hours), *_departments(of_lead, silent, units, hours, desks)),
    )


def _office(since: dt.datetime, until: dt.datetime) -> list[Span]:
    spans = calendar_by_version(current().version).spans(since, until)
    return merged(Span(start, end) for start, end in spans)


def _centres(
    count: Counter[int], bare: Mapping[int, frozenset[int]], units: Mapping[int, Unit], hours: list[Span]
) -> Iterator[Hole]:
    for pk, number in count.items():
        if number:
            unit = units[pk]
            title = _("%(unit)s 未来7天有 %(hours)d 小时无人值班") % {"unit": unit.short_name, "hours": len(bare[pk])}
            yield hole(
                f"centre_hours:{unit.code}", CRITICAL, title, _ranges(bare[pk], hours), _("个网格×事项×小时"),
                link=f"{ROSTER}?unit={unit.code}", remedy=_("在排班表中补上人员并发布"), count=number,
            )  # fmt: skip


def _departments(
    count: Counter[int], silent: Mapping[int, frozenset[int]], units: Mapping[int, Unit], hours: list[Span],
    desks: Mapping[int, list[Span]],
) -> Iterator[Hole]:  # fmt: skip
    """Departments with the same hours open for the same reason are one cause."""
    alike: dict[tuple[bool, frozenset[int]], list[int]] = defaultdict(list)
    for pk, number in count.items():
        if number and pk in units:
            alike[pk in desks, silent[pk]].append(pk)
    for place, ((on_call, open_hours), pks) in enumerate(sorted(alike.items(), key=lambda each: -len(each[1]))):
        names = sorted(units[pk].short_name for pk in pks)
        words = {"number": len(pks), "hours": len(open_hours), "first": next(iter(_ranges(open_hours, hours)))}
        title = (
            _("%(number)d 个参勤单位的值守有空档，7天内 %(hours)d 小时，最早 %(first)s")
            if on_call
            else _("%(number)d 个参勤单位下班后没有值守，7天内 %(hours)d 小时，最早 %(first)s")
        )
        key = f"department_hours:{units[pks[0]].code}" if on_call else f"department_hours:none{place or ''}"
        yield hole(
            key, WARNING, title % words, names, _("个网格×事项×小时"), link=f"{ROSTER}?unit={units[pks[0]].code}",
            remedy=_("由该单位在排班表中排值守，或约定夜间由机动队处置"), count=sum(count[pk] for pk in pks),
        )  # fmt: skip


def _ranges(numbers: Iterable[int], hours: list[Span]) -> list[str]:
    """``11月23日 07:00-15:00`` for each run of hours."""
    told = []
    for span in merged(hours[n] for n in numbers):
        start, end = timezone.localtime(span.starts_at), timezone.localtime(span.ends_at)
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{end.month}月{end.day}日 {end:%H:%M}"
        told.append(f"{start.month}月{start.day}日 {start:%H:%M}-{until}")
    return told

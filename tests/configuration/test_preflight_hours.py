"""Every hour of the next week is proved: compared with asking each (grid, matter, level, hour) by itself."""

from __future__ import annotations

import datetime as dt
from functools import cache

from accounts.models import User
from catalogue.calendars import calendar_by_version, current
from catalogue.models import Category
from catalogue.selectors.responsible import Spot, responsible
from configuration.selectors.preflight import prove, prove_hours
from dispatch.models import Watch
from grids.models import Grid, Unit
from lianqin.kernel import clock
from tests.dispatch.rosters import shift_at, watch
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]

MINUTE = dt.timedelta(minutes=1)


@cache
def _spans(unit_id: int) -> list[tuple[dt.datetime, dt.datetime]]:
    found = Watch.objects.filter(
        shift__unit_id=unit_id, state__in=("planned", "present"), shift__published_at__isnull=False
    ).exclude(post="patrol")
    return list(found.values_list("shift__starts_at", "shift__ends_at"))


def minutes_of(unit_id: int, hour: dt.datetime) -> int:
    """In how many minutes of the hour somebody of a published shift is in the unit."""
    moments = [hour + MINUTE * n + MINUTE / 2 for n in range(60)]
    return sum(any(start <= at < end for start, end in _spans(unit_id)) for at in moments)


def in_office_hours(hour: dt.datetime) -> bool:
    calendar = calendar_by_version(current().version)
    return bool(calendar.spans(hour, hour + dt.timedelta(hours=1)))


def by_brute_force(hours: list[dt.datetime], staffed: frozenset[int]) -> int:
    """Asks for every hour who answers, minute by minute; answers of one unit and hour are remembered, no more."""
    known: dict[tuple[int, dt.datetime], int] = {}
    office = {hour: in_office_hours(hour) for hour in hours}
    centres = {each.street_id: each for each in Unit.objects.filter(kind__in=("sub_center", "command_center"))}
    missed = 0
    _spans.cache_clear()
    for grid in Grid.objects.select_related("community__street"):
        street = grid.community.street
        spot = Spot(street.district_id, street.pk, grid.community_id, grid.pk, grid.kind)
        for category in Category.objects.filter(level=2, active=True):
            for level in ("street", "district"):
                answer = responsible(category=category, spot=spot, level=level)
                centre = centres[street.pk if answer.level == "street" else None]
                for hour in hours:
                    for unit in (centre, answer.lead):
                        if unit is not None and (unit.pk, hour) not in known:
                            known[unit.pk, hour] = minutes_of(unit.pk, hour)
                    at_centre = known[centre.pk, hour] == 60
                    lead = answer.lead
                    reached = lead is None or known[lead.pk, hour] > 0 or (office[hour] and lead.pk in staffed)
                    missed += not (at_centre and reached)
    return missed


def test_every_hour_is_proved(desk: Desk) -> None:
    User.objects.update(password="can-sign-in")
    ground, cast = desk.ground, desk.cast
    # The centre of the first street: two days, with half an hour between; the district's: all of it.
    watch(shift_at(ground.sub_center, -1, 24), cast.user("street_dispatcher"))
    watch(shift_at(ground.sub_center, 23.5, 24), cast.user("street_dispatcher2"))
    watch(shift_at(ground.command_center, -1, 200), cast.user("district_dispatcher"))
    # On call for an evening, and a draft that counts for nothing.
    watch(shift_at(ground.urban_squad, 5, 9, on_call=1), cast.user("handler"), "on_call")
    watch(shift_at(ground.market_squad, 5, 9, published=False, on_call=1), cast.user("handler2"), "on_call")
    proof = prove()
    by_hour = prove_hours(proof.leads, proof.staffed)
    first = clock.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    hours = [first + dt.timedelta(hours=n) for n in range(168)]
    assert by_hour.combinations == proof.pairs * 168
    assert by_hour.open == by_brute_force(hours, proof.staffed)
    assert 0 < by_hour.open < by_hour.combinations
    found = {each.key: each for each in by_hour.holes}
    assert found["centre_hours:320999002-centre"].title == "西街联勤指挥分中心 未来7天有 168 小时无人值班"
    assert "centre_hours:320999-centre" not in found
    assert found["centre_hours:320999001-centre"].link == "/duty/roster/?unit=320999001-centre"

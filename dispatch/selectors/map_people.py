"""Who is on duty, and where they last said to be: for who dispatches or commands there, and nobody else."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from dispatch.models import Position
from dispatch.rules.advice import STALE_SECONDS
from dispatch.selectors.on_duty import people_on_duty
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, STREET, Actor
from lianqin.kernel.errors import NotAllowed
from workorders.models import WorkOrder
from workorders.selectors import by_letter
from workorders.states import OPEN

MOST = 1000


def may_see_people(actor: Actor) -> bool:
    return bool(_commanded(actor))


def _commanded(actor: Actor) -> dict[str, list[int]]:
    held = by_letter(actor.tokens("dispatch_orders") | actor.tokens("command_orders"))
    return {letter: held[letter] for letter in (DISTRICT, STREET) if letter in held}


def map_people(actor: Actor) -> dict[str, Any]:
    """People on duty in the places that the actor commands, with their latest position. Four statements.

    ``age_s`` is None without a position; a stale one is older than half an hour.
    """
    places = _commanded(actor)
    if not places:
        raise NotAllowed
    now = clock.now()
    here = Q(district_id__in=places.get(DISTRICT, ())) | Q(street_id__in=places.get(STREET, ()))
    units = list(Unit.objects.filter(here, active=True).values_list("pk", flat=True))
    people = {each.user_id: each for each in people_on_duty(at=now, unit_ids=units)[:MOST]}
    positions = {each.user_id: each for each in Position.objects.filter(user_id__in=people, until__gt=now)}
    carried = WorkOrder.objects.filter(worker_id__in=people, status__in=OPEN).order_by().values_list("worker_id")
    loads = dict(carried.annotate(Count("pk")))
    results = []
    for user_id, person in people.items():
        place = positions.get(user_id)
        age = None if place is None else max(0, int((now - place.at).total_seconds()))
        results.append(
            {
                "user_id": user_id,
                "name": person.name,
                "unit_name": person.unit_name,
                "role": person.role,
                "until": person.until,
                "lon": place.lon if place else None,
                "lat": place.lat if place else None,
                "accuracy_m": place.accuracy_m if place else None,
                "age_s": age,
                "stale": age is not None and age > STALE_SECONDS,
                "load": loads.get(user_id, 0),
            }
        )
    return {"on_duty": len(results), "placed": len(positions), "results": results}

"""What is told of events, clocks and offers: names looked up once for all of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.reverse import reverse

from accounts.models import User
from grids.models import Street, Unit, UnitLevel
from grids.selectors import memberships_in_force, units_for_dispatch
from lianqin.kernel.actors import Actor
from workorders.api.inputs import PART_ACTIONS
from workorders.api.serializers import shown_name
from workorders.models import Event, Timer, WorkOrder
from workorders.models.orders import Urgency
from workorders.rules.consequences import CONSEQUENCES
from workorders.rules.inputs import INPUTS, LABELS, Input, Kind
from workorders.rules.ladders import step_at
from workorders.rules.masking import mask_name, mask_phone
from workorders.selectors import history_of, seen_among
from workorders.services import clocks
from workorders.services.duplicates import possible_duplicates
from workorders.services.offers import Offer
from workorders.states import ASSIGNMENT_ACTIONS, Stage

# Facts that name another order.
OF_ANOTHER = frozenset({"master", "merged", "number"})
MASKS = {"reporter_name": mask_name, "reporter_phone": mask_phone}
# A list that is longer is fetched where it is kept.
MOST_CHOICES = 60


def told_events(events: Iterable[Event], actor: Actor) -> list[dict[str, Any]]:
    """Events with their names and what is left of their texts. Two queries more than the events and texts."""
    events = list(events)
    facts = _facts(events, actor)
    people = _people({event.user_id for event in events} - {None})
    units = Unit.objects.in_bulk([pk for pk in {event.unit_id for event in events} if pk is not None])
    return [
        {
            "seq": event.seq,
            "kind": event.kind,
            "label": LABELS.get(event.kind, event.kind),
            "at": event.at,
            "late": event.late,
            "is_machine": event.user_id is None,
            "actor": {
                "name": people.get(event.user_id or 0, ""),
                "unit": units[event.unit_id].short_name if event.unit_id in units else "",
            },
            "data": facts[event.pk],
            "texts": {each.field: MASKS.get(each.field, str)(each.text) for each in event.texts.all()},
            "hash": event.hash,
        }
        for event in events
    ]


def _facts(events: Iterable[Event], actor: Actor) -> dict[int, dict[str, Any]]:
    """What the events say; of another order only to those who see that as well. A query where there is one."""
    facts: dict[int, dict[str, Any]] = {event.pk: json.loads(event.body)["data"] for event in events}
    named = {pk: told.get("master", told.get("merged")) for pk, told in facts.items()}
    seen = seen_among(actor, named.values())
    for pk, other in named.items():
        if other is not None and other not in seen:
            facts[pk] = {name: value for name, value in facts[pk].items() if name not in OF_ANOTHER}
    return facts


def _people(pks: Iterable[Any]) -> dict[int, str]:
    """Names of those in service; of citizens the family name only."""
    found = User.objects.filter(pk__in=list(pks)).only("pk", "username", "full_name", "kind")
    return {user.pk: shown_name(user) for user in found}


def since(order: WorkOrder, version: int, actor: Actor, assignment_id: int | None = None) -> list[dict[str, Any]]:
    """The events from the one that moved the order (or the assignment) past ``version``; what the caller missed."""
    events = list(history_of(order))
    for index, event in enumerate(events):
        changes = json.loads(event.body)["changes"]
        part = changes.get("assignments", {}).get(str(assignment_id), {}) if assignment_id else changes.get("order", {})
        if part.get("version", 0) > version:
            return told_events(events[index:], actor)
    return []


def told_timer(timer: Timer, now: dt.datetime) -> dict[str, Any]:
    policy, used = timer.policy_snapshot, clocks.elapsed(timer, now)
    step = step_at(policy, timer.step) if timer.next_at is not None else None
    return {
        "id": timer.pk,
        "stage": timer.stage,
        "stage_label": Stage(timer.stage).label,
        "level": timer.level,
        "state": timer.state,
        "started_at": timer.started_at,
        "due_at": timer.due_at,
        "elapsed_seconds": round(used, 3),
        "remaining_seconds": round(policy["seconds"] - used, 3),
        "total_seconds": policy["seconds"],
        "credited_seconds": timer.credited_seconds,
        "around_the_clock": policy["around_the_clock"],
        "calendar_warning": clocks.warning(timer),
        "assignment": timer.assignment_id,
        "unit": timer.assignment.unit if timer.assignment is not None else None,
        "request": timer.request_id,
        "next_step": step and _told_step(step, timer),
    }


def _told_step(step: Mapping[str, Any], timer: Timer) -> dict[str, Any]:
    return {
        "name": step["name"],
        "effect": step["effect"],
        "at": timer.next_at,
        "tier": step["tier"],
        "consequence": CONSEQUENCES[step["effect"]],
    }


def told_offers(offers: Iterable[Offer], actor: Actor, order: WorkOrder) -> list[dict[str, Any]]:
    """Offers with their inputs; each list of choices is read once."""
    known: dict[Kind, list[dict[str, Any]] | None] = {}
    return [
        {
            "action": offer.action,
            "label": LABELS[offer.action],
            "url": action_url(order.number, offer.action, offer.assignment_id),
            "version": offer.version,
            "assignment": offer.assignment_id,
            "asks_approval": offer.asks_approval,
            "target": offer.target,
            "target_level": offer.target_level,
            "needs": offer.needs,
            "inputs": [_told_input(field, actor, order, known) for field in INPUTS[offer.action]],
        }
        for offer in offers
    ]


def action_url(number: str, action: str, assignment_id: int | None = None) -> str:
    if action in ASSIGNMENT_ACTIONS and assignment_id is not None:
        word = next(word for word, name in PART_ACTIONS.items() if name == action)
        return reverse(f"api:assignment-{word}", args=[number, assignment_id])
    return reverse(f"api:work-order-{action}", args=[number])


def _told_input(
    field: Input, actor: Actor, order: WorkOrder, known: dict[Kind, list[dict[str, Any]] | None]
) -> dict[str, Any]:
    if field.kind not in known:
        known[field.kind] = _choices(field.kind, actor, order)
    choices = known[field.kind]
    return {
        "name": field.name,
        "kind": str(field.kind),
        "label": field.label,
        "required": field.required,
        "max_length": field.max_length if field.kind == Kind.TEXT else None,
        "choices": choices,
        "choices_url": "" if choices is not None else _elsewhere(field.kind, order),
    }


def _elsewhere(kind: Kind, order: WorkOrder) -> str:
    if kind in (Kind.UNIT, Kind.UNITS):
        return f"{reverse('api:units')}?kind=duty_department"
    return reverse("api:category-tree") if kind == Kind.CATEGORY else ""


def _choices(kind: Kind, actor: Actor, order: WorkOrder) -> list[dict[str, Any]] | None:
    if kind in (Kind.UNIT, Kind.UNITS):
        return _unit_choices(order)
    if kind in (Kind.STREET, Kind.STREETS):
        streets = Street.objects.filter(district_id=order.district_id).order_by("code")
        return [_choice(street.code, street.short_name) for street in streets.only("code", "short_name")]
    if kind == Kind.WORKER:
        return _worker_choices(order)
    if kind == Kind.URGENCY:
        return [_choice(value, label) for value, label in Urgency.choices]
    if kind == Kind.ORDER:
        near = possible_duplicates(actor, order)
        return [_choice(each.order.number, each.order.text.title) for each in near]
    return None


def _unit_choices(order: WorkOrder) -> list[dict[str, Any]] | None:
    level = UnitLevel(order.level)
    units = units_for_dispatch(level=level, street_id=order.street_id, district_id=order.district_id)
    found = list(units[: MOST_CHOICES + 1])
    return [_choice(unit.code, unit.short_name) for unit in found] if len(found) <= MOST_CHOICES else None


def _worker_choices(order: WorkOrder) -> list[dict[str, Any]]:
    if order.community_id is None:
        return []
    posts = memberships_in_force().filter(grid__community=order.community_id)
    posts = posts.select_related("user").order_by("grid__code", "pk")[:MOST_CHOICES]
    return [_choice(post.user.username, f"{post.user} {post.get_post_display()}".strip()) for post in posts]


def _choice(value: str, label: Any) -> dict[str, Any]:
    return {"value": value, "label": label}


def affected_streets(order: WorkOrder) -> list[str]:
    """Codes of the further streets; no query where there are none."""
    if not order.affected_street_ids:
        return []
    return list(Street.objects.filter(pk__in=order.affected_street_ids).order_by("code").values_list("code", flat=True))

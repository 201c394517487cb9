"""What is told of clocks and offers: names looked up once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.reverse import reverse

from grids.models import Street, UnitLevel
from grids.selectors import memberships_in_force, units_for_dispatch
from lianqin.kernel.actors import Actor
from workorders.api.inputs import PART_ACTIONS
from workorders.models import Timer, WorkOrder
from workorders.models.orders import Urgency
from workorders.rules.consequences import CONSEQUENCES
from workorders.rules.corrections import Correction
from workorders.rules.inputs import INPUTS, LABELS, Input, Kind
from workorders.rules.ladders import step_at
from workorders.services import clocks
from workorders.services.duplicates import possible_duplicates
from workorders.services.offers import Offer
from workorders.states import ASSIGNMENT_ACTIONS, Stage

# A list that is longer is fetched where it is kept.
MOST_CHOICES = 60


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
    if kind == Kind.CORRECTION:
        return [_choice(value, label) for value, label in Correction.choices]
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

"""Plausible inputs for every action, drawn from what the database holds."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from catalogue.models import Category
from grids.models import Grid, Membership, Unit
from workorders.models import WorkOrder
from workorders.models.orders import Source, Urgency
from workorders.rules.inputs import INPUTS
from workorders.states import OPEN, Level


class Inputs:
    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        leaves = Category.objects.filter(level=2, evidence_required=False).order_by("code")
        self.categories = list(leaves.values_list("code", flat=True))
        boundaries = Grid.objects.order_by("code").values_list("boundary", flat=True)
        self.points = [_middle(boundary) for boundary in boundaries[:64] if boundary]
        handling = Membership.objects.filter(role="department_handler", unit__isnull=False)
        self.units = list(Unit.objects.filter(pk__in=handling.values("unit")).order_by("code"))

    def report(self) -> dict[str, Any]:
        lon, lat = self.random.choice(self.points)
        told = {
            "title": "店外经营占道",
            "source": self.random.choice(Source.values),
            "category": self.random.choice(self.categories),
            "urgency": self.random.choices(Urgency.values, [2, 2, 1])[0],
        }
        return told if self.random.random() < 0.03 else {**told, "lon": lon, "lat": lat}

    def for_action(self, action: str, order: WorkOrder) -> dict[str, Any]:
        """A value for each input of the action that wants one."""
        wanted = {each.name for each in INPUTS[action]}
        return {name: value for name, value in self._values(order).items() if name in wanted}

    def _values(self, order: WorkOrder) -> dict[str, Any]:
        lon, lat = self.random.choice(self.points)
        chosen = self._units(order)
        tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=self.random.randint(1, 9))
        return {
            "reason": "情况需要",
            "comment": "已到现场",
            "result": "已清理完毕",
            "instruction": "请尽快处置",
            "category": self.random.choice(self.categories),
            "conditions_confirmed": True,
            "lon": lon,
            "lat": lat,
            "lead": chosen[0],
            "assists": chosen[1:],
            "add": chosen[1:],
            "master": self._neighbour(order),
            "worker": self._worker(),
            "hours": 2,
            "review_on": tomorrow.isoformat(),
            "reached": True,
            "satisfied": self.random.random() < 0.7,
        }

    def _units(self, order: WorkOrder) -> list[str]:
        """A lead and up to one assisting department, mostly of the right level and street."""
        at_street = order.level == Level.STREET
        fitting = [
            unit.code
            for unit in self.units
            if (unit.street_id == order.street_id if at_street else unit.street_id is None)
        ] or [unit.code for unit in self.units]
        return self.random.sample(fitting, min(len(fitting), self.random.choice((1, 1, 2))))

    def _neighbour(self, order: WorkOrder) -> str:
        others = WorkOrder.objects.filter(status__in=OPEN, street=order.street).exclude(pk=order.pk)
        return others.order_by("-id").values_list("number", flat=True).first() or ""

    def _worker(self) -> str:
        posts = Membership.objects.filter(grid__isnull=False).order_by("pk")
        return posts.values_list("user__username", flat=True).first() or ""


def _middle(boundary: dict[str, Any]) -> tuple[float, float]:
    """A point inside: the mean of the corners (the boundaries here are convex, or nearly)."""
    rings = boundary["coordinates"] if boundary["type"] == "Polygon" else boundary["coordinates"][0]
    corners = rings[0][:-1]
    return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)

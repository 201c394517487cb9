"""What a list can be asked: every filter of the API alone and with every other, with values that the data holds."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Max

from accounts.models import User
from catalogue.models import Category
from grids.models import Community, Grid, Street, Unit
from grids.selectors import actor_for, memberships_in_force
from lianqin.kernel.actors import Actor
from lianqin.local.processes import PlainError
from workorders.api import filters
from workorders.models import WorkOrder
from workorders.models.orders import Urgency
from workorders.states import Level

ROLES = ("street_dispatcher", "district_dispatcher", "department_handler", "supervisor")


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody of a kind; ``street_id`` where they work, if it is one street."""

    kind: str
    user: User
    actor: Actor
    street_id: int | None


def askers() -> list[Asker]:
    """One of each kind, of the street with the most orders."""
    busiest = _most_frequent("street_id", 1)[0]
    found = []
    for role in ROLES:
        posts = memberships_in_force().filter(role=role).select_related("user", "unit").order_by("pk")
        here = posts.filter(unit__street_id=busiest).first()
        post = here or posts.first()
        if post is None:
            raise PlainError(f"Nobody is a {role}: build the data first.")
        found.append(Asker(role, post.user, actor_for(post.user), busiest if here else None))
    return found


class Values:
    """For each filter some values that occur: frequent ones and rare ones."""

    def __init__(self, asker: Asker, words: list[str], chance: random.Random) -> None:
        self.chance = chance
        newest = WorkOrder.objects.aggregate(at=Max("reported_at"))["at"] or dt.datetime.now(dt.UTC)
        here = asker.street_id or _most_frequent("street_id", 1)[0]
        units = [*_most_frequent("holder_id", 2, open_only=True), *(post.unit_id for post in asker.actor.posts)]
        self.of: dict[str, list[str]] = {
            "status": [*_most_frequent("status", 3), "handling"],
            "level": list(Level.values),
            "source": _most_frequent("source", 9)[::4],
            "urgency": list(Urgency.values),
            "street": _codes(Street, [here, *_most_frequent("street_id", 12)[-1:]]),
            "community": self._some(Community, street_id=here),
            "grid": self._some(Grid, community__street_id=here),
            "category": _categories(),
            "unit": _codes(Unit, [unit for unit in units if unit]),
            "overdue": ["true", "false"],
            "on_site": ["true", "false"],
            "created_after": [_day(newest, 30), _day(newest, 700)],
            "created_before": [_day(newest, 30), _day(newest, 1200)],
            "q": words,
            "queue": ["mine"],
        }
        unknown = {each.name for each in filters.PARAMETERS} ^ self.of.keys()
        if unknown:
            raise PlainError(f"Filters without values here, or values without a filter: {sorted(unknown)}")

    def _some(self, model: Any, **where: Any) -> list[str]:
        codes = list(model.objects.filter(**where).order_by("code").values_list("code", flat=True))
        return self.chance.sample(codes, min(3, len(codes)))

    def questions(self, draws: int) -> Iterator[str]:
        """The query strings: nothing, each filter alone with each value, each pair of filters with ``draws`` values."""
        yield ""
        for name, values in self.of.items():
            for value in values:
                yield urlencode({name: value})
        for one, other in combinations([name for name, values in self.of.items() if values], 2):
            for _ in range(draws):
                yield urlencode({name: self.chance.choice(self.of[name]) for name in (one, other)})


def _most_frequent(column: str, number: int, *, open_only: bool = False) -> list[Any]:
    """Values of a column among the newest orders, the most frequent first."""
    where = "WHERE ended_at IS NULL" if open_only else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM (SELECT * FROM workorders_workorder {where} ORDER BY id DESC LIMIT 50000) o "
            f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s",
            [number],
        )
        found = [value for (value,) in cursor.fetchall()]
    if not found and not open_only:
        raise PlainError("There are no orders: build the data first.")
    return found


def _codes(model: Any, pks: list[Any]) -> list[str]:
    return list(dict.fromkeys(model.objects.filter(pk__in=pks).order_by("code").values_list("code", flat=True)))


def _categories() -> list[str]:
    """Leaf and class of the most frequent category and of the least frequent one."""
    found = _most_frequent("category_id", 200)
    rows = Category.objects.filter(pk__in=(found[0], found[-1])).values_list("code", "parent__code")
    return sorted({str(code) for row in rows for code in row})


def _day(newest: dt.datetime, days: int) -> str:
    return (newest - dt.timedelta(days=days)).date().isoformat()

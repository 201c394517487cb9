"""Whom a run lets act: in each street the two dispatchers who register and check, and the departments' people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from accounts.models import User, UserKind
from catalogue.models import Category
from grids.models import Grid, Unit, UnitKind
from grids.selectors import actor_for, memberships_in_force
from lianqin.kernel.actors import Actor
from lianqin.local.processes import PlainError

CITIZENS = 40
HANDLERS_OF_A_STREET = 4


@dataclass(frozen=True, slots=True)
class Person:
    user: User
    actor: Actor


@dataclass(frozen=True, slots=True)
class Team:
    """A street at work. ``points`` lie in its grids; ``handlers`` by the code of their unit."""

    street: str
    dispatcher: Person
    checker: Person
    handlers: tuple[tuple[str, Person], ...]
    citizens: tuple[Person, ...]
    points: tuple[tuple[float, float], ...]

    @property
    def people(self) -> list[Person]:
        return [self.dispatcher, self.checker, *(person for _, person in self.handlers), *self.citizens]


def teams() -> list[Team]:
    """One for each street that has two dispatchers and a department with people. A few dozen queries."""
    dispatchers, handlers = defaultdict(list), defaultdict(list)
    for post in memberships_in_force().filter(unit__isnull=False).select_related("unit__street", "user").order_by("pk"):
        unit = post.unit
        if unit is None or unit.street is None:
            continue
        if post.role == "street_dispatcher":
            dispatchers[unit.street.code].append(post.user)
        elif post.role == "department_handler" and unit.kind == UnitKind.DUTY_DEPARTMENT:
            handlers[unit.street.code].append((unit, post.user))
    points, citizens = _points(), [_person(user) for user in some_citizens()]
    found = [
        Team(
            street=street,
            dispatcher=_person(dispatchers[street][0]),
            checker=_person(dispatchers[street][1]),
            handlers=tuple((unit.code, _person(user)) for unit, user in _one_of_each(handlers[street])),
            citizens=tuple(citizens),
            points=tuple(points[street]),
        )
        for street in sorted(dispatchers)
        if len(dispatchers[street]) > 1 and handlers[street] and points[street]
    ]
    if not found:
        raise PlainError("No street has two dispatchers and a department with people: build the data first.")
    return found


def some_citizens() -> list[User]:
    """The first ones; made if there are none."""
    found = list(User.objects.filter(kind=UserKind.CITIZEN, is_active=True).order_by("pk")[:CITIZENS])
    for number in range(len(found), CITIZENS):
        name = f"benchmark-citizen-{number}"
        found.append(User.objects.get_or_create(username=name, defaults={"kind": UserKind.CITIZEN, "password": "!"})[0])
    return found


def leaves() -> list[str]:
    """Categories that close without a photograph."""
    return list(
        Category.objects.filter(level=2, evidence_required=False).order_by("code").values_list("code", flat=True)
    )


def _one_of_each(handlers: list[tuple[Unit, User]]) -> list[tuple[Unit, User]]:
    """One person of each of a few departments."""
    by_unit = {unit.pk: (unit, user) for unit, user in reversed(handlers)}
    return list(islice(sorted(by_unit.values(), key=lambda each: each[0].code), HANDLERS_OF_A_STREET))


def _points() -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    rows = Grid.objects.order_by("code").values_list("community__street__code", "label_lon", "label_lat")
    for street, lon, lat in rows:
        if lon is not None and lat is not None:
            found[street].append((lon, lat))
    return found


def _person(user: User) -> Person:
    return Person(user, actor_for(user))

"""How much slower lists and detail are on the large database than on the small one"""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import geometric_mean, median
from urllib.parse import urlencode

from benchmarks.measure.asking import Asker, Values, askers
from benchmarks.measure.figures import RATIO, Figure, Limit
from benchmarks.measure.inside import get
from benchmarks.measure.place import Place
from benchmarks.measure.signin import Headers, tokens
from benchmarks.measure.workers import Crew, crew
from lianqin.local.processes import PlainError

LIST = "/api/v1/work-orders/"
ROUNDS = 5
DETAILS = 10
LISTS, ONE = "lists", "detail"
LIMIT = Limit(RATIO, most=1.3)


@dataclass(slots=True)
class Route:
    """What one database is asked: the same questions as the other, each with values of its own."""

    paths: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: {LISTS: [], ONE: []})
    signed: dict[int, Headers] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)


_route = Route()


def run(place: Place) -> list[Figure]:
    if not place.against:
        raise PlainError("Growth needs a small database: --against postgres://…")
    with (
        crew(1, DATABASE_URL=place.database) as large,
        crew(1, DATABASE_URL=place.against) as small,
    ):
        small.first(prepare, place.seed)
        asked = large.first(prepare, place.seed)
        # In turn, so that what else happens on the machine slows both alike.
        rounds = [(_round(large), _round(small)) for _ in range(ROUNDS)]
        for each in (large, small):
            each.first(finish)
    return [
        _figure(name, [big[name] for big, _ in rounds], [little[name] for _, little in rounds], asked[name])
        for name in (LISTS, ONE)
    ]


def _round(people: Crew) -> dict[str, list[float]]:
    return people.first(ask)


def _figure(name: str, large: list[list[float]], small: list[list[float]], asked: list[str]) -> Figure:
    """Medians of each address over the rounds, and of those the median."""
    big, little = ([median(each) * 1e3 for each in zip(*some, strict=True)] for some in (large, small))
    worst = max(range(min(len(big), len(little))), key=lambda which: big[which] / little[which])
    each = geometric_mean([one / other for one, other in zip(big, little, strict=False)])
    return Figure(
        f"growth of {name}",
        "ms",
        median(big),
        n=len(big) * ROUNDS,
        floor=median(little),
        floor_name="on the small one",
        limits=(LIMIT,),
        note=f"geometric mean of ratios {each:.2f}, worst {big[worst]:.1f} to {little[worst]:.1f} ms: {asked[worst]}",
    )


def prepare(index: int, seed: int) -> dict[str, list[str]]:
    """Choose who asks what, and tell; the tokens are good until ``finish``."""
    chance = random.Random(seed)
    asking = askers()
    _route.signed = _route.open.enter_context(tokens(asker.user for asker in asking))
    for asker in asking:
        paths = list(_questions(asker, chance))
        _route.paths[LISTS] += [(path, asker.user.pk) for path in paths]
        found = json.loads(get(paths[0], _route.signed[asker.user.pk]).body)["results"]
        numbers = [line["number"] for line in found]
        some = chance.choices(numbers, k=DETAILS) if numbers else []
        _route.paths[ONE] += [(f"{LIST}{number}/", asker.user.pk) for number in some]
    ask(0)  # Warm.
    kinds = {asker.user.pk: asker.kind for asker in asking}
    return {name: [f"{kinds[pk]} {path}" for path, pk in paths] for name, paths in _route.paths.items()}


def finish(index: int) -> None:
    _route.open.close()


def _questions(asker: Asker, chance: random.Random) -> list[str]:
    """Everything, then each filter alone with its most frequent value."""
    values = Values(asker, ["垃圾"], chance)
    return [LIST, *(f"{LIST}?{urlencode({name: some[0]})}" for name, some in values.of.items() if some)]


def ask(index: int) -> dict[str, list[float]]:
    """Seconds of every address, once."""
    return {name: [get(path, _route.signed[pk]).seconds for path, pk in paths] for name, paths in _route.paths.items()}

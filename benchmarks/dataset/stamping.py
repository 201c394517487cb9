"""Stamp copies out of moulds: other people and places, another day, and hash chains that hold."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from benchmarks.dataset.moulds import Cell, Mould, OrderMould, render
from benchmarks.dataset.planning import JITTER_SECONDS, Job
from benchmarks.dataset.playing import CLASSES
from benchmarks.dataset.town import JITTER, Casting, Matter, Spot, Town
from benchmarks.dataset.writing import Writer
from catalogue.workclock import SHANGHAI
from workorders.models import Event
from workorders.rules.bigrams import bigrams

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICRO = dt.timedelta(microseconds=1)
MONTH = 10**9
# What is told of more often in which months: class of matters -> (months, times).
SEASONS = {
    "04": ((5, 6, 7, 8, 9), 1.7),
    "13": ((6, 7, 8), 1.6),
    "14": ((3, 4, 5, 6, 7, 8), 1.5),
    "06": ((11, 12, 1, 2), 1.6),
    "03": ((6, 7, 8, 1), 1.3),
    "12": ((12, 1, 2), 1.3),
}


@dataclass(slots=True)
class Batch:
    """Lines for COPY by table, and messages with the microsecond at which they were written."""

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    messages: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Copy:
    """One copy being made: ``values`` of the slots."""

    mould: Mould
    start: dt.datetime
    dice: random.Random
    writer: Writer
    values: list[str]
    numbers: list[int] = field(default_factory=list)


class Stamper:
    def __init__(self, town: Town, moulds: list[Mould], prefix: str, messages_from: dt.datetime, seed: int) -> None:
        self.town, self.moulds, self.prefix, self.seed = town, moulds, prefix, seed
        self.messages_from = (messages_from - EPOCH) // MICRO
        self.matters: dict[tuple[object, ...], tuple[list[Matter], list[float]]] = {}
        self.tastes = _tastes(town, seed)

    def stamp(self, job: Job) -> Batch:
        """A day's orders, in the order in which they were reported."""
        dice = random.Random(f"{self.seed} {job.day}")
        batch = Batch()
        ids = dict(job.bases)
        copies = []
        for n in job.copies:
            made = self.moulds[n]
            moved = dt.timedelta(microseconds=dice.randrange(JITTER_SECONDS * 1_000_000))
            copies.append((made, dt.datetime.combine(job.day, made.start.timetz()) - moved))
        told = sorted(
            (start + order.reported * MICRO, n, which)
            for n, (made, start) in enumerate(copies)
            for which, order in enumerate(made.orders)
        )
        numbers: dict[tuple[int, int], int] = {(n, which): at for at, (_, n, which) in enumerate(told)}
        for n, (made, start) in enumerate(copies):
            places = [numbers[n, which] for which in range(len(made.orders))]
            self._copy(job, made, start, ids, places, dice, batch)
            for kind, count in made.counts.items():
                ids[kind] += count
        return batch

    def _copy(
        self,
        job: Job,
        made: Mould,
        start: dt.datetime,
        ids: dict[str, int],
        places: list[int],
        dice: random.Random,
        batch: Batch,
    ) -> None:
        spot = self.town.spot(dice)
        matter = self._matter(made, spot, job.day.month, dice)
        writer = Writer(dice, spot.words, matter)
        copy = Copy(made, start, dice, writer, [""] * len(made.slots), places)
        spots = (spot, self.town.elsewhere(spot, dice)) if _goes_elsewhere(made) else (spot, spot)
        twin = self._matter(made, spot, job.day.month, dice)
        self._fill(copy, job, ids, Casting(self.town, dice, spots, (matter, twin)), spots)
        for order in made.orders:
            self._order(copy, order, batch)

    def _matter(self, made: Mould, spot: Spot, month: int, dice: random.Random) -> Matter:
        """Another matter of the same kind: what is told of depends on the street and the season."""
        key = (made.matter.sign, month, spot.street)
        if key not in self.matters:
            fit = [each for each in self.town.matters if each.sign == made.matter.sign]
            weights = [self._weight(each, spot.street, month) for each in fit]
            self.matters[key] = fit, list(accumulate(weights))
        fit, cumulated = self.matters[key]
        return dice.choices(fit, cum_weights=cumulated)[0]

    def _weight(self, matter: Matter, street: int, month: int) -> float:
        months, times = SEASONS.get(matter.top, ((), 1.0))
        return CLASSES.get(matter.top, 1) * self.tastes[street, matter.id] * (times if month in months else 1.0)

    def _fill(self, copy: Copy, job: Job, ids: dict[str, int], casting: Casting, spots: tuple[Spot, Spot]) -> None:
        values, dice = copy.values, copy.dice
        start = copy.start.astimezone(dt.UTC)
        points: dict[object, tuple[float, float]] = {}
        for slot, what in enumerate(copy.mould.slots):
            kind = what[0]
            if kind == "time":
                values[slot] = (start + what[1] * MICRO).isoformat(timespec="microseconds")
            elif kind == "id":
                values[slot] = str(ids[what[1]] + what[2])
            elif kind == "cast":
                values[slot] = str(casting[what[1]])
            elif kind == "number":
                values[slot] = f"{self.prefix}{job.day:%Y%m%d}-{copy.numbers[what[1]] + 1:06d}"
            elif kind == "text" and what[1] != "ref":
                values[slot] = copy.writer(what[1])
            elif kind == "point":
                if what[2] not in points:
                    lon, lat = dice.choice(spots[what[1]].points)
                    points[what[2]] = lon + dice.uniform(-JITTER, JITTER), lat + dice.uniform(-JITTER, JITTER)
                values[slot] = f"{points[what[2]][what[3]]:.6f}"
            elif kind == "date":
                values[slot] = (job.day + dt.timedelta(days=what[1])).isoformat()
            elif kind == "uuid":
                bits = dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62
                values[slot] = f"{bits:032x}"
        month = job.day.year * 100 + job.day.month
        for which, order in enumerate(copy.mould.orders):
            values[order.id_slot] = str(month * MONTH + job.first + copy.numbers[which])
        self._references(copy)

    def _references(self, copy: Copy) -> None:
        """Numbers of other platforms, unique as the order's own."""
        for slot, what in enumerate(copy.mould.slots):
            if what[0] == "text" and what[1] == "ref":
                copy.values[slot] = f"L{copy.values[copy.mould.orders[0].number_slot][2:]}"

    def _order(self, copy: Copy, order: OrderMould, batch: Batch) -> None:
        values = copy.values
        start = (copy.start - EPOCH) // MICRO
        previous = ""
        for event in order.events:
            for text, salt, hashed in event.texts:
                values[salt] = f"{copy.dice.getrandbits(128):032x}"
                values[hashed] = hashlib.sha256((values[salt] + _of(text, values)).encode()).hexdigest()
            body = values[event.body_slot] = render(event.body, values)
            previous = values[event.hash_slot] = hashlib.sha256((previous + body).encode()).hexdigest()
            batch.lines[EVENTS].append(render(event.row, values))
            if start + event.at >= self.messages_from:
                batch.messages.append((start + event.at, render(event.message, values)))
        values[order.search_slot] = search_vector(
            " ".join((values[order.number_slot], *(_of(cell, values) for cell in order.searched))),
            [mark + values[slot] for mark, slot in order.places],
        )
        for table, cells in order.rows:
            batch.lines[table].append(render(cells, values))


EVENTS = Event._meta.db_table


def _of(cell: Cell, values: list[str]) -> str:
    return cell if isinstance(cell, str) else values[cell]


def _goes_elsewhere(made: Mould) -> bool:
    return any(
        (what[0] == "cast" and what[1].endswith("@2")) or (what[0] == "point" and what[1] == 1) for what in made.slots
    )


def _tastes(town: Town, seed: int) -> dict[tuple[int, int], float]:
    """How much more or less a matter is told of in a street than elsewhere."""
    dice = random.Random(f"tastes {seed}")
    streets = sorted({spot.street for spot in town.spots})
    return {(street, matter.id): dice.lognormvariate(0, 0.45) for street in streets for matter in town.matters}


def search_vector(text: str, places: Iterable[str]) -> str:
    """What ``services.search`` and the trigger beside it write, as a literal."""
    return " ".join([f"'{word}'" for word in (*bigrams(text), *places)])


def local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(SHANGHAI).date()

"""Lists by every filter and every pair of filters, detail, history, counts and pages, at the server"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from benchmarks.measure import words
from benchmarks.measure.asking import Asker, Values, askers
from benchmarks.measure.figures import P95, RATIO, Figure, Limit, of_times, percentile
from benchmarks.measure.inside import Asked, Raw, get, get_watched
from benchmarks.measure.place import Place
from benchmarks.measure.signin import Headers, session, tokens

LIST = "/api/v1/work-orders/"
PAGES = (
    "/orders/",
    "/orders/?tab=all",
    "/orders/?tab=handling",
    "/orders/?sort=overdue",
    "/orders/?q=垃圾",
    "/district/",
)
REPEATS = 2
# From here on each pair of filters is asked with two draws of values.
UNHURRIED_SECONDS = 10
# Whoever is that slow is not asked again.
PATIENCE_SECONDS = 0.3
ORDERS_LOOKED_AT = 60
OVER_HTTP = 40
TEN = 10
# So many of the slowest are asked again before one is called the slowest: a hiccup of the machine is no slow list.
SUSPECTS, AGAIN = 30, 5
LIMITS = (Limit(P95, most=50), Limit(RATIO, most=5))


@dataclass(slots=True)
class Timed:
    """One address: how long it took each time, warm; what its own SQL took; its statements."""

    asker: str
    path: str
    seconds: list[float]
    raw: list[float]
    asked: Asked

    @property
    def median(self) -> float:
        return median(self.seconds)


def run(place: Place) -> list[Figure]:
    raw = Raw(place)
    rare_and_frequent = words.sample(6, place.seed)
    draws = 2 if place.seconds >= UNHURRIED_SECONDS else 1
    try:
        asking = askers()
        figures: list[Figure] = []
        everything: list[Timed] = []
        with tokens(asker.user for asker in asking) as signed:
            for asker in asking:
                values = Values(asker, rare_and_frequent, random.Random(place.seed))
                mine, numbers = _lists(asker, values.questions(draws), signed[asker.user.pk], raw)
                lists = _figure(f"lists by one or two filters as {asker.kind}", mine)
                place.say(f"{len(mine)} lists as {asker.kind}: p95 {lists.p95 or 0:.0f} ms")
                figures += [lists, *_of_one_order(asker, numbers, signed[asker.user.pk], raw)]
                figures += _counts(asker, values, signed[asker.user.pk], raw)
                everything += mine
            figures += _pages(asking, raw)
            by_kind = {asker.kind: signed[asker.user.pk] for asker in asking}
            figures.append(_slowest(_suspects(everything, by_kind, raw), raw, place.out / "plans", len(everything)))
            figures.append(_over_http(place, everything, by_kind))
        return figures
    finally:
        raw.close()


def _lists(asker: Asker, questions: Iterator[str], headers: Headers, raw: Raw) -> tuple[list[Timed], list[str]]:
    """Every question, and the numbers of some orders that the answers name."""
    timed, numbers = [], set[str]()
    for question in questions:
        path = f"{LIST}?{question}" if question else LIST
        one, body = _ask(asker.kind, path, headers, raw)
        timed.append(one)
        numbers.update(line["number"] for line in json.loads(body)["results"])
    some = random.Random(len(numbers)).sample(sorted(numbers), min(len(numbers), ORDERS_LOOKED_AT))
    return timed, some


def _ask(kind: str, path: str, headers: Headers, raw: Raw) -> tuple[Timed, bytes]:
    """Once to warm up and to see the statements, then timed in turn with its own SQL."""
    answer, asked = get_watched(path, headers)
    timed = Timed(kind, path, [], [], asked)
    raw.seconds(asked.of_orders)
    for _ in range(REPEATS if answer.seconds < PATIENCE_SECONDS else 1):
        timed.seconds.append(get(path, headers).seconds)
        timed.raw.append(raw.seconds(asked.of_orders))
    return timed, answer.body


def _of_one_order(asker: Asker, numbers: list[str], headers: Headers, raw: Raw) -> Iterator[Figure]:
    for name, tail in (("detail", ""), ("history", "events/")):
        timed = [_ask(asker.kind, f"{LIST}{number}/{tail}", headers, raw)[0] for number in numbers]
        if timed:
            yield _figure(f"{name} of an order as {asker.kind}", timed)


def _counts(asker: Asker, values: Values, headers: Headers, raw: Raw) -> Iterator[Figure]:
    questions = ["", *(f"?{name}={some[0]}" for name, some in values.of.items() if some and name != "q")]
    timed = [_ask(asker.kind, f"{LIST}counts/{question}", headers, raw)[0] for question in questions]
    yield _figure(f"counts as {asker.kind}", timed)


def _pages(asking: Iterable[Asker], raw: Raw) -> Iterator[Figure]:
    """What a browser loads, for everybody who works with it."""
    for asker in asking:
        with session(asker.user) as headers:
            # The district's page is nobody's but the district's.
            pages = [
                page for page in PAGES if page != "/district/" or asker.kind in ("district_dispatcher", "supervisor")
            ]
            timed = [_ask(asker.kind, page, headers, raw)[0] for page in pages]
        slowest = max(timed, key=lambda each: each.median)
        note = f"slowest {slowest.path}, {slowest.median * 1e3:.0f} ms, {len(slowest.asked.statements)} statements"
        yield _figure(f"pages as {asker.kind}", timed, (Limit(P95, most=50),), note)


def _figure(name: str, timed: list[Timed], limits: tuple[Limit, ...] = LIMITS, note: str = "") -> Figure:
    """Over all addresses; the ratio is the 95th percentile over that of the raw SQL."""
    seconds = [each for one in timed for each in one.seconds]
    floor = percentile([each for one in timed for each in one.raw], 95) * 1e3
    typical = median(one.median / max(median(one.raw), 1e-6) for one in timed)
    statements = sorted({len(one.asked.statements) for one in timed})
    told = f"{statements[0]} to {statements[-1]} statements; typically {typical:.1f} times its own SQL"
    return of_times(
        name,
        seconds,
        floor=floor,
        floor_name="raw SQL, p95",
        ratio=percentile(seconds, 95) * 1e3 / floor,
        limits=limits,
        note=f"{told}; {note}" if note else told,
    )


def _suspects(timed: list[Timed], signed: dict[str, Headers], raw: Raw) -> list[Timed]:
    """The slowest, asked again: these times count."""
    again = sorted(timed, key=lambda each: each.median, reverse=True)[:SUSPECTS]
    for one in again:
        one.seconds, one.raw = [], []
        for _ in range(AGAIN):
            one.seconds.append(get(one.path, signed[one.asker]).seconds)
            one.raw.append(raw.seconds(one.asked.of_orders))
    return again


def _slowest(timed: list[Timed], raw: Raw, folder: Path, number: int) -> Figure:
    """The slowest single list; the plans of the slowest ten are kept."""
    ten = sorted(timed, key=lambda each: each.median, reverse=True)[:TEN]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    for place, one in enumerate(ten, 1):
        head = f"{one.asker} {one.path}\n{one.median * 1e3:.1f} ms, its SQL {median(one.raw) * 1e3:.1f} ms\n\n"
        (folder / f"{place:02}-{one.asker}.txt").write_text(head + raw.plans(one.asked.of_orders) + "\n")
    named = {f"{one.asker} {one.path}": round(one.median * 1e3, 1) for one in ten}
    worst = next(iter(named))
    late = sum(one.median > 0.05 for one in timed)
    return Figure(
        "the slowest list",
        "ms",
        ten[0].median * 1e3,
        n=number,
        floor=median(ten[0].raw) * 1e3,
        floor_name="its SQL",
        limits=(Limit("median", most=50),),
        note=f"{worst}; of the {SUSPECTS} slowest, asked again, {late} took more than 50 ms; plans of ten are kept",
        detail=named,
    )


def _over_http(place: Place, timed: list[Timed], signed: dict[str, Headers]) -> Figure:
    """Some of the lists through the real web server, one after the other on one connection."""
    chosen = random.Random(place.seed).sample(timed, min(OVER_HTTP * len(signed), len(timed)))
    seconds = []
    with place.serving(processes=1) as web:
        connection = HTTPConnection("127.0.0.1", web.port)
        for warm in (True, False):
            for one in chosen:
                began = time.perf_counter()
                connection.request("GET", one.path, headers=dict(signed[one.asker]))
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200 and not warm:
                    seconds.append(time.perf_counter() - began)
        connection.close()
    inside = [one.median for one in chosen]
    return of_times(
        "lists over HTTP, one at a time",
        seconds,
        floor=percentile(inside, 95) * 1e3,
        floor_name="without the web server, p95",
        ratio=percentile(seconds, 95) / percentile(inside, 95),
        limits=(Limit(P95, most=50),),
    )

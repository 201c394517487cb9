"""What citizens and their desk ask of five years of orders: the public site, twins, texts that are read, the desk"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test.utils import override_settings

from benchmarks.measure.asking import Asker, askers
from benchmarks.measure.citizens import fill
from benchmarks.measure.figures import P95, Figure, Limit, of_times, percentile
from benchmarks.measure.inside import Statement, get, get_watched
from benchmarks.measure.place import Place
from benchmarks.measure.signin import Headers, session
from citizens.permissions import may_set_rewards
from grids.selectors import actor_for, memberships_in_force
from lianqin.local.processes import PlainError

REPEATS, POINTS, TEXTS, RECEIPTS = 4, 200, 1000, 60
PUBLIC_MS, STAFF_MS, TYPED_MS, TWINS_MS = 200, 300, 50, 100
PUBLIC = (
    *("/citizen/", "/citizen/report/", "/citizen/track/", "/citizen/feeds/", "/citizen/statistics/"),
    *("/citizen/statistics/datapackage.json", "/citizen/statistics/data.csv", "/citizen/statistics/data.json"),
)
BOTH = ("", "callbacks/", "callbacks/?page=9999", "spot-checks/", "pictures/", "pictures/?page=9999")
DESK = {
    "street_dispatcher": BOTH,
    "supervisor": (*BOTH, "moderation/", "points/", "vouchers/", "tips/"),
    "district_dispatcher": (
        *("", "platforms/", "batches/", "letters/", "letters/?page=9999", "letters/?state=discarded"),
        *("returns/", "returns/?page=9999", "returns/?state=stuck", "reading/"),
    ),
}
# One visitor asks for everybody here.
UNLIMITED = tuple(f"{name}.near=1000000/1000000/60" for name in ("track", "near", "suggest"))


class Undone(Exception):
    """What was filled in for the measuring is given up."""


def run(place: Place) -> list[Figure]:
    with filled(place), override_settings(LIANQIN_PUBLIC_LIMITS=UNLIMITED):
        asking = {asker.kind: asker for asker in askers()} | {"supervisor": _supervisor()}
        figures = [_public(place)]
        figures += [_desk(asking[kind], pages, place) for kind, pages in DESK.items()]
        figures += _functions(asking["supervisor"], place)
    return figures


@contextmanager
def filled(place: Place) -> Iterator[None]:
    """Everything in one transaction that is rolled back: the database can be measured again and again."""
    ended = (request_started, request_finished)
    try:
        with transaction.atomic():
            # They would close the connection, and with it the transaction, between two requests.
            for each in ended:
                each.disconnect(close_old_connections)
            began = time.perf_counter()
            fill()
            place.say(f"filled in {time.perf_counter() - began:.0f} s")
            yield
            raise Undone
    except Undone:
        pass
    finally:
        for each in ended:
            each.connect(close_old_connections)
        with connection.cursor() as cursor:
            # What a planner learned of rows that are gone.
            cursor.execute("ANALYZE")


def _supervisor() -> Asker:
    """Of the whole district. Raises PlainError."""
    posts = memberships_in_force().filter(role="supervisor").select_related("user").order_by("pk")
    for user in (post.user for post in posts):
        actor = actor_for(user)
        if may_set_rewards(actor):
            return Asker("supervisor", user, actor, None)
    raise PlainError("Nobody supervises the district: build the data first.")


def _public(place: Place) -> Figure:
    from citizens.selectors.open_data import streets_in_force

    streets = [code for code, _name in streets_in_force()]
    feeds = [f"/citizen/feeds/{code}{form}" for code in streets for form in ("/", ".rss", ".atom", ".json")]
    tracks = [f"/citizen/track/{code}/" for code in _receipts(place.seed)]
    return _pages("public pages", (*PUBLIC, *feeds, *tracks), {}, PUBLIC_MS)


def _desk(asker: Asker, pages: Iterable[str], place: Place) -> Figure:
    with session(asker.user) as headers:
        figure = _pages(f"desk as {asker.kind}", [f"/citizen-desk/{page}" for page in pages], headers, STAFF_MS)
    place.say(f"{figure.name}: p95 {figure.p95 or 0:.0f} ms")
    return figure


def _pages(name: str, paths: Iterable[str], headers: Headers, most: float) -> Figure:
    """Once to warm up and to see the statements, then timed in turn with them."""
    timed: dict[str, list[float]] = {}
    floors: list[float] = []
    numbers: list[int] = []
    for path in paths:
        _answer, asked = get_watched(path, headers)
        numbers.append(len(asked.statements))
        for _each in range(REPEATS):
            timed.setdefault(path, []).append(get(path, headers).seconds)
            floors.append(_raw(asked.statements))
    seconds = [each for some in timed.values() for each in some]
    slowest = max(timed, key=lambda path: median(timed[path]))
    floor = percentile(floors, 95) * 1e3
    return of_times(
        name,
        seconds,
        floor=floor,
        floor_name="raw SQL, p95",
        ratio=percentile(seconds, 95) * 1e3 / floor,
        limits=(Limit(P95, most=most),),
        note=f"{len(timed)} pages, {min(numbers)} to {max(numbers)} statements;"
        f" slowest {slowest}, {median(timed[slowest]) * 1e3:.0f} ms",
        detail={path: round(median(some) * 1e3, 1) for path, some in timed.items()},
    )


def _raw(statements: list[Statement]) -> float:
    """The same statements in the same transaction by psycopg alone: nobody else sees what was filled in."""
    began = time.perf_counter()
    for each in statements:
        if not each.sql.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        with connection.connection.cursor() as cursor:
            cursor.execute(each.sql, each.params or None)
            cursor.fetchall()
    return time.perf_counter() - began


def _functions(asker: Asker, place: Place) -> list[Figure]:
    from citizens.selectors.reading import told_by
    from citizens.selectors.reporting import nearby
    from citizens.services.reading import forget_readers, suggest
    from citizens.services.reading_twins import twins_of
    from workorders.models import OrderText, WorkOrder

    chance = random.Random(place.seed)
    waiting = list(WorkOrder.objects.filter(status="reported", street__isnull=False))
    found = WorkOrder.objects.exclude(lon=None).order_by("-pk").values_list("lon", "lat")[: 50 * POINTS]
    points = [(lon, lat) for lon, lat in found if lon is not None and lat is not None]
    newest = OrderText.objects.order_by("-order_id").values_list("title", "description")[:TEXTS]
    chosen, here = chance.sample(waiting, min(POINTS, len(waiting))), chance.sample(points, min(POINTS, len(points)))
    forget_readers()
    return [
        _calls("twins of a report", [partial(twins_of, asker.actor, each) for each in chosen], TWINS_MS),
        _calls("others told of it near by", [partial(nearby, lon, lat, "", "路灯") for lon, lat in here], PUBLIC_MS),
        _calls("what a text tells", [partial(suggest, told_by(*words)) for words in newest], TYPED_MS),
    ]


def _calls(name: str, calls: list[Callable[[], Any]], most: float) -> Figure:
    seconds, found = [], 0
    for call in calls:
        began = time.perf_counter()
        found += bool(call())
        seconds.append(time.perf_counter() - began)
    return of_times(name, seconds, limits=(Limit(P95, most=most),), note=f"{found} of {len(calls)} found something")


def _receipts(seed: int) -> list[str]:
    """Codes of some orders that citizens reported, open and closed."""
    from citizens.services import open_receipt
    from workorders.models import WorkOrder

    newest = list(WorkOrder.objects.filter(source="citizen").order_by("-pk").values_list("pk", flat=True)[:20_000])
    chosen = random.Random(seed).sample(newest, min(RECEIPTS, len(newest)))
    return [open_receipt(order_id=pk, client_key=uuid.uuid4())[1] for pk in chosen]

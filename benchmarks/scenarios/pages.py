"""Pages in a real browser on the data: usable, painted, script, long tasks, and the result of a dispatch on screen"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass

from playwright.sync_api import Page

from accounts.models import User
from benchmarks.measure.figures import MEDIAN, P95, Figure, Limit, of_times
from benchmarks.measure.people import Team, leaves, teams
from benchmarks.measure.place import Place
from benchmarks.measure.windows import Seen, Windows, collected, windows
from grids.selectors import memberships_in_force
from lianqin.local.processes import PlainError
from workorders import services

VISITS = 9
DISPATCHES = 12
USABLE_MS, WALL_MS, RESULT_MS, TASK_MS = 1500, 2500, 300, 200
SCRIPT_KB = 300
WALL = (1920, 1080)
MAP_STANDS = "document.querySelector('.leaflet-pane canvas, .leaflet-pane svg') !== null"


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to visit, and what holds once one can work with it."""

    name: str
    path: str
    usable: str
    who: str = "street"
    size: tuple[int, int] = (1366, 768)


def _stands(selector: str) -> str:
    return f"document.readyState !== 'loading' && document.querySelector('{selector}') !== null"


STOPS = (
    Stop("workbench", "/orders/", _stands("[data-part=order] [data-order] ~ .actions .button, .actions .button")),
    Stop("district", "/district/", _stands("[data-part=district]"), "district"),
    Stop("wall", "/wall/", "performance.getEntriesByName('wall:painted').length > 0", "district", WALL),
    Stop("map", "/map/", MAP_STANDS, "district"),
    Stop("duty", "/duty/", _stands(".duty-columns")),
    Stop("notices", "/notices/", _stands("[data-part=notices]")),
)


def run(place: Place) -> list[Figure]:
    team = max(teams(), key=lambda each: len(each.points))
    people = {"street": team.dispatcher.user, "district": commander()}
    figures: list[Figure] = []
    relay = place.manage("relay", "run_relay")
    with collected(place), place.running(relay), place.serving() as web, windows(place, web) as seen_by:
        for stop in STOPS:
            figures += _visited(stop, people[stop.who], seen_by)
        figures.append(_acted(team, seen_by, place.seed))
    return figures


def commander() -> User:
    posts = memberships_in_force().filter(role__in=("district_commander", "district_dispatcher")).order_by("role", "pk")
    post = posts.select_related("user").first()
    if post is None:
        raise PlainError("Nobody commands the district: build the data first.")
    return post.user


def _visited(stop: Stop, user: User, seen_by: Windows) -> list[Figure]:
    with contextlib.ExitStack() as stack:
        page = seen_by.open(user, stop.usable, stack, stop.size)
        cold = seen_by.visit(page, stop.path)
        seen = [seen_by.visit(page, stop.path) for _ in range(VISITS)]
    script = seen_by.script_bytes(cold) / 1024
    limit = WALL_MS if stop.name == "wall" else USABLE_MS
    first = cold.marks.get("wall:painted", cold.painted)
    note = f"the first visit {cold.usable:.0f} ms, first paint {first:.0f} ms, {len(cold.scripts)} scripts"
    usable = [each.usable / 1000 for each in seen]
    return [
        of_times(f"{stop.name}: usable after navigation", usable, note=note, limits=(Limit(P95, most=limit),)),
        Figure(f"{stop.name}: script, Brotli", "KB", script, limits=(Limit(MEDIAN, most=SCRIPT_KB),)),
        _longest(stop.name, [cold, *seen]),
    ]


def _longest(name: str, seen: list[Seen]) -> Figure:
    tasks = [duration for each in seen for _start, duration in each.tasks] or [0]
    return Figure(f"{name}: longest task", "ms", max(tasks), n=len(tasks), limits=(Limit(MEDIAN, most=TASK_MS),))


def _acted(team: Team, seen_by: Windows, seed: int) -> Figure:
    """From the click that sends an order to a department until the screen says so."""
    chance = random.Random(seed)
    numbers = [_registered(team, chance) for _ in range(DISPATCHES)]
    waits = []
    with contextlib.ExitStack() as stack:
        page = seen_by.open(team.dispatcher.user, STOPS[0].usable, stack)
        for number in numbers:
            seen_by.visit(page, f"/orders/{number}/")
            waits.append(_dispatched(page) / 1000)
    return of_times("result of a dispatch on screen", waits, limits=(Limit(P95, most=RESULT_MS),))


def _registered(team: Team, chance: random.Random) -> str:
    lon, lat = chance.choice(team.points)
    told = {
        "title": "店外经营占道",
        "source": "hotline_12345",
        "lon": lon,
        "lat": lat,
        "category": chance.choice(leaves()),
    }
    order, _new = services.report(by=team.dispatcher.actor, data=told)
    services.advance(
        order_id=order.pk, action="register", by=team.dispatcher.actor, data={"conditions_confirmed": True}
    )
    return str(order.number)


CLICKED = """() => new Promise((done) => {
  const status = () => document.querySelector(".head-tags, .order-meta")?.textContent ?? "";
  const before = status();
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (status() === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  });
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  document.querySelector("[data-main-action]").click();
})"""


# Where no rule names a department, the dispatcher does.
LEADS = ("[name=lead]:checked", "[name=lead]:not(:disabled)")
CHOSEN = " ?? ".join(f"document.querySelector('{each}')" for each in LEADS)
READ_MS = 500


def _dispatched(page: Page) -> float:
    """Milliseconds until the status of the order on screen is another and was painted."""
    page.evaluate(f"({CHOSEN}).click()")
    page.wait_for_timeout(READ_MS)
    return float(page.evaluate(CLICKED))

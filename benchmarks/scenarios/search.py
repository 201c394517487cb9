"""Search of any two Chinese characters: frequent, rare and absent pairs"""

from __future__ import annotations

import random
from statistics import median
from urllib.parse import urlencode

from benchmarks.measure import words
from benchmarks.measure.asking import Asker, askers
from benchmarks.measure.figures import P95, Figure, Limit, of_times, percentile
from benchmarks.measure.inside import Raw, get, get_watched
from benchmarks.measure.place import Place
from benchmarks.measure.signin import Headers, tokens

LIST = "/api/v1/work-orders/"
PAIRS = 300
KINDS = ("district_dispatcher", "street_dispatcher")
SLOWEST = 5


def run(place: Place) -> list[Figure]:
    pairs = words.sample(PAIRS, place.seed)
    random.Random(place.seed).shuffle(pairs)
    raw = Raw(place)
    try:
        asking = [asker for asker in askers() if asker.kind in KINDS]
        with tokens(asker.user for asker in asking) as signed:
            return [_searches(asker, pairs, signed[asker.user.pk], raw, place) for asker in asking]
    finally:
        raw.close()


def _searches(asker: Asker, pairs: list[str], headers: Headers, raw: Raw, place: Place) -> Figure:
    """Each pair once to warm up, then twice."""
    place.say(f"{len(pairs)} pairs as {asker.kind}")
    seconds: dict[str, list[float]] = {}
    floors: list[float] = []
    for pair in pairs:
        path = f"{LIST}?{urlencode({'q': pair})}"
        _, asked = get_watched(path, headers)
        seconds[pair] = [get(path, headers).seconds for _ in range(2)]
        floors.append(raw.seconds(asked.of_orders))
    slowest = sorted(seconds, key=lambda pair: -median(seconds[pair]))[:SLOWEST]
    folder = place.out / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    _, asked = get_watched(f"{LIST}?{urlencode({'q': slowest[0]})}", headers)
    (folder / f"search-{asker.kind}.txt").write_text(f"{slowest[0]}\n\n{raw.plans(asked.of_orders)}\n")
    told = [each for some in seconds.values() for each in some]
    return of_times(
        f"search of two characters as {asker.kind}",
        told,
        floor=percentile(floors, 95) * 1e3,
        floor_name="raw SQL, p95",
        ratio=percentile(told, 95) / percentile(floors, 95),
        limits=(Limit(P95, most=60),),
        note="slowest " + ", ".join(f"{pair} {median(seconds[pair]) * 1e3:.0f} ms" for pair in slowest),
    )

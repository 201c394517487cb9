"""A flood of the public door: two hundred reports a second from fifty networks, and somebody who means it"""

from __future__ import annotations

import http.client
import random
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.measure.figures import MEDIAN, P95, Figure, Limit, of_times
from benchmarks.measure.place import Place
from benchmarks.measure.workers import crew
from citizens.models import Receipt

PER_SECOND, NETWORKS, CLIENTS, LONGEST_SECONDS = 200, 50, 2, 60.0
EVERY_SECONDS, MOST_MS = 1.0, 1000.0
PATH = "/citizen/report/"
NONE = (Limit(MEDIAN, most=0),)


@dataclass(slots=True)
class Answers:
    statuses: Counter[int] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: int) -> None:
        with self.guard:
            self.statuses[status] += 1


def run(place: Place) -> list[Figure]:
    seconds = min(place.seconds, LONGEST_SECONDS)
    with place.serving(processes=2) as web, crew(CLIENTS + 1) as clients:
        clients.first(part, web.port, place.seed, 2.0)  # The servers' caches fill.
        told = clients.each(part, web.port, place.seed, seconds)
    statuses: Counter[int] = sum((counted for counted, _seconds, _keys in told[1:]), Counter())
    counted, good, keys = told[0]
    broken = sum(number for status, number in (statuses + counted).items() if status >= 500)
    # Whoever is told to come back during a flood of others is lost to us as well.
    lost = sum(counted.values()) - Receipt.objects.filter(client_key__in=keys).count()
    return [
        of_times(
            "a report of a citizen during a flood, to the receipt",
            good,
            limits=(Limit(P95, most=MOST_MS),),
            note=f"{sum(statuses.values()) / seconds:.0f} others a second from {NETWORKS} networks, "
            f"{statuses[429]} told to come back, {statuses[302]} admitted",
        ),
        Figure("reports of citizens during a flood that are not there", "reports", float(lost), limits=NONE),
        Figure("answers with 5xx during a flood", "answers", float(broken), limits=NONE),
    ]


Told = tuple[Counter[int], list[float], list[str]]


def part(index: int, port: int, seed: int, seconds: float) -> Told:
    """The first process is the citizen; the others are the flood."""
    return citizen(port, seed, seconds) if index == 0 else flood(index, port, seed, seconds)


def citizen(port: int, seed: int, seconds: float) -> Told:
    """One report a second, each from a network of its own."""
    chance, counted = random.Random(seed), Answers()
    took: list[float] = []
    keys: list[str] = []
    began = time.perf_counter()
    for number in range(int(seconds / EVERY_SECONDS)):
        time.sleep(max(0.0, began + number * EVERY_SECONDS - time.perf_counter()))
        key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        start = time.perf_counter()
        status = _send(port, f"198.18.{number % 256}.7", key)
        counted.count(status)
        if status == 302:
            took.append(time.perf_counter() - start)
            keys.append(key)
    return counted.statuses, took, keys


def flood(index: int, port: int, seed: int, seconds: float) -> Told:
    """A hundred a second from each process, whatever the server does."""
    chance, counted = random.Random(seed * 100 + index), Answers()

    def send(address: str, key: str) -> None:
        counted.count(_send(port, address, key))

    threads = []
    began = time.perf_counter()
    for number in range(int(seconds * PER_SECOND / CLIENTS)):
        time.sleep(max(0.0, began + number * CLIENTS / PER_SECOND - time.perf_counter()))
        address = f"203.0.{chance.randrange(NETWORKS)}.{chance.randrange(1, 255)}"
        threads.append(threading.Thread(target=send, args=(address, str(uuid.uuid4()))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return counted.statuses, [], []


def _send(port: int, address: str, key: str) -> int:
    """The status of a report; 599 where nothing answered."""
    told = {"client_key": key, "words": "基准测试：路灯不亮", "address": "人民路 5 号"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", PATH, urllib.parse.urlencode(told), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
    except OSError:
        return 599
    return answer.status

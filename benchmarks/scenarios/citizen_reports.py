"""Public reports with pictures of 3 MB on two cores: ten a second beside slow phones, then two hundred at once"""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import random
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from benchmarks.measure.figures import P95, Figure, Limit, of_times
from benchmarks.measure.place import Place
from benchmarks.measure.workers import crew
from citizens.models import Receipt
from lianqin.local import programs

PER_SECOND, LONGEST_SECONDS, BURST, CORES = 10, 120.0, 200, 2
PICTURE = 3_000_000
MOST_MS = 500.0
PATH, BOUNDARY = "/citizen/report/", "lianqin-benchmark"
# Phones that send a kilobyte every two seconds: more of them than the servers have threads.
SLOW, SLOW_BYTES, SLOW_EVERY = 60, 1024, 2.0


@dataclass(slots=True)
class Told:
    """What came of the reports of one phase."""

    seconds: list[float] = field(default_factory=list)
    later: int = 0
    broken: int = 0
    keys: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


def run(place: Place) -> list[Figure]:
    seconds = min(place.seconds, LONGEST_SECONDS)
    with contextlib.ExitStack() as stack:
        with _on_two_cores():
            web = stack.enter_context(place.serving(processes=2))
            # Who makes pictures anew shares the cores; it is woken as in production.
            worker = place.process("worker", programs.worker(sys.executable))
            stack.enter_context(place.running(worker, place.manage("relay", "run_relay")))
        clients = stack.enter_context(crew(1))
        clients.each(steady, web.port, place.seed, 2.0)  # The servers' caches fill.
        with _slow_phones(web.port):
            (flow,) = clients.each(steady, web.port, place.seed, seconds)
        (burst,) = clients.each(at_once, web.port, place.seed)
    kept = Receipt.objects.filter(client_key__in=[*flow[3], *burst[3]]).count()
    lost = len(flow[3]) + len(burst[3]) - kept
    return [
        of_times(
            "a public report with a picture of 3 MB, to the receipt",
            flow[0],
            limits=(Limit(P95, most=MOST_MS),),
            note=f"{PER_SECOND} a second for {seconds:.0f} s beside {SLOW} phones that send {SLOW_BYTES} bytes every"
            f" {SLOW_EVERY:.0f} s and a worker that makes pictures anew; {flow[1]} told to come back",
        ),
        of_times("the same, 200 at once", burst[0], note=f"{burst[1]} told to come back"),
        Figure("public reports answered with 5xx", "answers", float(flow[2] + burst[2])),
        Figure("public reports with a receipt that are not there", "reports", float(lost)),
    ]


@contextlib.contextmanager
def _on_two_cores() -> Iterator[None]:
    """What is started meanwhile has two cores for good."""
    everything = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(everything)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, everything)


@contextlib.contextmanager
def _slow_phones(port: int) -> Iterator[None]:
    """Reports that are under way all the time and never come to an end."""
    ended = threading.Event()
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {PICTURE}\r\n"
    start = f"{head}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n--{BOUNDARY}\r\n".encode()
    phones = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW)]

    def trickle() -> None:
        while not ended.wait(SLOW_EVERY):
            for phone in phones:
                # Who was told to come back is no slow phone any more.
                with contextlib.suppress(OSError):
                    phone.sendall(b"x" * SLOW_BYTES)

    for phone in phones:
        phone.sendall(start)
    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        yield
    finally:
        ended.set()
        sender.join()
        for phone in phones:
            phone.close()


Result = tuple[list[float], int, int, list[str]]


def steady(_index: int, port: int, seed: int, seconds: float) -> Result:
    """Ten a second, whatever the server does: a client that waits does not slow the others."""
    told, picture = Told(), _picture(seed)
    threads = []
    began = time.perf_counter()
    for number in range(int(seconds * PER_SECOND)):
        time.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        threads.append(threading.Thread(target=_send, args=(port, picture, told)))
        threads[-1].start()
    return _ended(threads, told)


def at_once(_index: int, port: int, seed: int) -> Result:
    told, picture = Told(), _picture(seed)
    threads = [threading.Thread(target=_send, args=(port, picture, told)) for _ in range(BURST)]
    for thread in threads:
        thread.start()
    return _ended(threads, told)


def _ended(threads: list[threading.Thread], told: Told) -> Result:
    for thread in threads:
        thread.join()
    return told.seconds, told.later, told.broken, told.keys


def _send(port: int, picture: bytes, told: Told) -> None:
    key = str(uuid.uuid4())
    body = _body(key, picture)
    began = time.perf_counter()
    status, retry = 0, None
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        connection.request("POST", PATH, body, {"Content-Type": kind, "Accept": "application/json"})
        answer = connection.getresponse()
        answer.read()
        status, retry = answer.status, answer.getheader("Retry-After")
        connection.close()
    except OSError:
        status = 599
    took = time.perf_counter() - began
    with told.guard:
        if status == 201:
            told.seconds.append(took)
            told.keys.append(key)
        elif status in (429, 503) and retry:
            told.later += 1
        else:
            told.broken += 1


def _body(key: str, picture: bytes) -> bytes:
    fields = {"client_key": key, "words": "基准测试：路灯不亮", "address": "人民路 5 号"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
    return b"".join(
        [*parts, head.encode(), b"Content-Type: image/jpeg\r\n\r\n", picture, f"\r\n--{BOUNDARY}--\r\n".encode()]
    )


def _picture(seed: int) -> bytes:
    """Twelve megapixels of a made-up street, about three megabytes."""
    chance = random.Random(seed)
    small = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
    out = io.BytesIO()
    small.resize((4000, 3000), Image.Resampling.BICUBIC).save(out, "JPEG", quality=88)
    data = out.getvalue()
    # What stands after the end of a picture is dropped when it is made anew.
    return data + os.urandom(max(0, PICTURE - len(data)))

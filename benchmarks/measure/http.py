"""A cheap client: requests written as bytes to sockets that stay open, as many as the place has connections."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure.place import keep_alive
from benchmarks.measure.workers import wait_for

END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """One connection. Only what the platform answers is understood: a status, a length, a body."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket = keep_alive(port)

    def get(self, path: str, headers: Mapping[str, str]) -> Reply:
        return self._send("GET", path, headers, b"")

    def post(self, path: str, headers: Mapping[str, str], data: Mapping[str, Any]) -> Reply:
        return self._send("POST", path, headers, json.dumps(data).encode())

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json"] if body else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        began = time.perf_counter()
        self.socket.sendall("\r\n".join(lines).encode() + END + body)
        status, told = self._read()
        return Reply(status, told, time.perf_counter() - began)

    def _read(self) -> tuple[int, bytes]:
        data = b""
        while END not in data:
            data += self._receive()
        head, _, body = data.partition(END)
        status = int(head[9:12])
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(LENGTH)]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            body += self._receive()
        return status, body

    def _receive(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        self.socket.close()


@dataclass(slots=True)
class Load:
    """What one process of clients saw. ``answers`` counts by name and status."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0

    def note(self, name: str, reply: Reply) -> None:
        self.seconds.setdefault(name, []).append(reply.seconds)
        self.answers[f"{name} {reply.status}"] += 1

    @property
    def faults(self) -> int:
        return sum(count for answer, count in self.answers.items() if answer.rpartition(" ")[2] >= "500")

    def join(self, other: Load) -> Load:
        names = self.seconds.keys() | other.seconds.keys()
        seconds = {name: self.seconds.get(name, []) + other.seconds.get(name, []) for name in names}
        return Load(seconds, self.answers + other.answers, self.cpu_seconds + other.cpu_seconds)


Turn = Callable[[Line, int, Load], bool]


def drive(port: int, threads: int, begin: float, seconds: float, turn: Turn) -> Load:
    """Let every thread take turns on a connection of its own until the time is over or a turn returns False.

    A turn notes into the thread's own load what counts, and may use ``which`` to stay out of the others' way.
    """
    loads = [Load() for _ in range(threads)]
    errors: list[Exception] = []
    cpu = [0.0]

    def client(which: int) -> None:
        line = Line(port)
        try:
            wait_for(begin)
            if which == 0:
                cpu[0] = time.process_time()
            while time.time() < begin + seconds and turn(line, which, loads[which]):
                pass
        except Exception as error:  # noqa: BLE001 — told below, in the thread that waits
            errors.append(error)
        finally:
            line.close()

    running = [threading.Thread(target=client, args=(which,)) for which in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    if errors:
        raise errors[0]
    total = loads[0]
    for load in loads[1:]:
        total = total.join(load)
    total.cpu_seconds = time.process_time() - cpu[0]
    return total

"""Sends messages: the database in the caller's thread, the calls to the outside in a loop beside it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from types import TracebackType
from typing import Self

from lianqin.kernel.faults import is_passing
from relay.rules.channels import CALL_SECONDS, CALLS, Outcome
from relay.services.sending import Job, lease_messages, settle
from relay.transports.calling import send

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0


class Sender:
    """Up to ``calls`` at the same time. A call that hangs costs its own lane a place until its time is over."""

    def __init__(self, *, calls: int = CALLS, seconds: float = CALL_SECONDS) -> None:
        self._calls, self._seconds = calls, seconds
        self._under_way: dict[Future[Outcome], Job] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="calls", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What is under way is sent again when its lease ends, under the same key.
        asyncio.run_coroutine_threadsafe(_give_up(), self._loop).result(self._seconds)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(self._seconds)
        self._loop.close()

    def step(self, *, begin: bool = True) -> int:
        """Settle what is over and begin what is due; return how many moved."""
        over = [future for future in self._under_way if future.done()]
        for future in over:
            _write(self._under_way[future], _outcome(future))
            del self._under_way[future]
        jobs = lease_messages(limit=self._calls - len(self._under_way)) if begin else []
        for job in jobs:
            if job.parcel is None:
                _write(job, job.fault or Outcome(is_sent=False, code="lost"))
                continue
            coroutine = send(job.parcel, seconds=self._seconds)
            self._under_way[asyncio.run_coroutine_threadsafe(coroutine, self._loop)] = job
        return len(over) + len(jobs)

    def rest(self, seconds: float = PAUSE_SECONDS) -> None:
        """Wait until a call is over, or for so long."""
        if self._under_way:
            wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            time.sleep(seconds)

    @property
    def is_busy(self) -> bool:
        return bool(self._under_way)


def _write(job: Job, outcome: Outcome) -> None:
    """Write the outcome, or a plain one where it cannot be written: no answer may hold up the others.

    A database that is away is raised; the outcome is written when it is back. What cannot be written at all is left to
    the end of its lease.
    """
    fault = ""
    for attempt in (outcome, None):
        try:
            settle(job, attempt or replace(outcome, code="error", excerpt=fault))
            return
        except Exception as error:
            if is_passing(error):
                raise
            fault = type(error).__name__
            logger.exception("the outcome of message %s cannot be written", job.message_id)


async def _give_up() -> None:
    """Cancel every other call of this loop."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _outcome(future: Future[Outcome]) -> Outcome:
    error = future.exception()
    # What we did not foresee is the message's fault until it is dead.
    return future.result() if error is None else Outcome(is_sent=False, code="error", excerpt=type(error).__name__)


def send_due(*, seconds: float = 20.0, patience: float = CALL_SECONDS) -> int:
    """Send until nothing is due, or for so long; what is under way then is waited for. Return how many moved."""
    moved, end = 0, time.monotonic() + seconds
    with Sender(seconds=patience) as sender:
        while True:
            step = sender.step(begin=time.monotonic() < end)
            moved += step
            if not step:
                if not sender.is_busy:
                    return moved
                sender.rest(0.05)

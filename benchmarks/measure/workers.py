"""Processes that measure beside this one, each with a Django of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Concatenate, ParamSpec, TypeVar

import django

from lianqin.local.processes import PlainError

P = ParamSpec("P")
T = TypeVar("T")
# Everybody has heard of the beginning by then.
LEAD_SECONDS = 0.3


def workers(processes: int) -> ProcessPoolExecutor:
    """Fresh processes: nothing is inherited but the environment, least of all connections and threads.

    What they call must be a function of a module.
    """
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup)


class Crew:
    """Processes that stay: each keeps its connections, and what its module remembers, from one call to the next."""

    def __init__(self, members: list[ProcessPoolExecutor]) -> None:
        self.members = members

    def each(self, function: Callable[Concatenate[int, P], T], *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """Call ``function(index, …)`` in every process at once; return what each answered."""
        futures = [member.submit(function, index, *args, **kwargs) for index, member in enumerate(self.members)]
        return [_result(future) for future in futures]

    def first(self, function: Callable[Concatenate[int, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it in the first process only."""
        return _result(self.members[0].submit(function, 0, *args, **kwargs))


@contextlib.contextmanager
def crew(processes: int, **environment: str) -> Iterator[Crew]:
    """A crew of fresh processes with variables of their own, say another DATABASE_URL."""
    context = multiprocessing.get_context("spawn")
    members = [
        ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(environment,))
        for _ in range(processes)
    ]
    try:
        yield Crew(members)
    finally:
        for member in members:
            member.shutdown(cancel_futures=True)


def beginning() -> float:
    """A moment, by the wall clock, at which every process of a crew can begin."""
    return time.time() + LEAD_SECONDS


def wait_for(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def _begin(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    django.setup()


def _result(future: Future[T]) -> T:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise PlainError("A measuring process died; see its last words above.") from error

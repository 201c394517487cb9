"""The whole show: start, report and work until told to stop, say now and then how it stands."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from dispatch.management.traffic.client import Account, Gone, Line, Pace, Shut
from dispatch.management.traffic.ground import API, NotReady, Town, learn
from dispatch.management.traffic.habits import CENTRE, SHOWCASE, busyness
from dispatch.management.traffic.people import ASKED_SECONDS, EVERY, LOOKS, SHANGHAI, Memory, Person
from dispatch.management.traffic.reporting import Reporters
from dispatch.management.traffic.supervising import supervise_once
from dispatch.management.traffic.walking import Walks
from dispatch.management.traffic.whistling import Field

logger = logging.getLogger("lianqin.traffic")
FIRST_SECONDS, FIRST_PER_SECOND, PER_SECOND = 110.0, 14.0, 3.0
FIRST_REPORTS = 45
WORKERS = 6
QUIETEST = 0.5  # A demonstration at night is still one.
LEAVE_SECONDS = 2.5
ENOUGH = 30  # With so many orders there is something to be seen already.
ALL = (
    "reported",
    "registered",
    "dispatched",
    "handling",
    "submitted",
    "shelved",
    "closed",
    "declined",
    "merged",
    "voided",
)
SUPERVISE_SECONDS = 15.0
WHISTLE_SECONDS, WALK_SECONDS = 20.0, 10.0
WATCHERS = ("district_dispatcher", "district_commander", "supervisor")


@dataclass
class Options:
    base_url: str
    accounts: Path
    time_scale: int = 0
    seed: int = 1
    rate: float = 4.0  # Reports a minute, on average over the day.
    duration: float = 0.0  # Seconds; 0 runs until told to stop.


@dataclass
class Show:
    options: Options
    accounts: Sequence[Account]
    line: Line
    memory: Memory
    started: float = field(default_factory=time.monotonic)
    seen: dict[str, float] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        watcher = next(each for role in WATCHERS for each in self.accounts if each.role == role)
        town = await self._learn(watcher)
        if town is None:
            return
        people = [self._person(each, town) for each in self.accounts if each.role in LOOKS]
        for place, person in enumerate(people):
            person.next_at = self.started + place * 0.15
        run = f"{dt.datetime.now(SHANGHAI):%m%d%H%M%S}"
        reporters = Reporters(town, self.accounts, random.Random(f"{self.options.seed}:{run}"), run)
        fresh = await self._total(watcher) < ENOUGH
        logger.info("%d people at %d grids%s", len(people), len(town.known), ", with the showcase" if fresh else "")
        jobs = [self._report(reporters, fresh), self._watch(watcher), self._calm_down(), self._supervise()]
        jobs += [self._whistle(town), self._walk(town)]
        jobs += [self._work(people) for _ in range(WORKERS)]
        tasks = [asyncio.create_task(job) for job in jobs]
        limit = self.options.duration or None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), limit)
        # The loops end by themselves; a request under way is not waited for.
        self.stopping.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _learn(self, watcher: Account) -> Town | None:
        """Wait for the platform; None when told to stop meanwhile."""
        while not self.stopping.is_set():
            try:
                return await learn(watcher, self.accounts)
            except (Gone, NotReady, httpx.HTTPError) as error:
                logger.warning("the platform is not ready: %s", error)
                await self._pause(3)
        return None

    def _person(self, account: Account, town: Town) -> Person:
        fellows = sorted(each.username for each in self.accounts if _desk_of(each) == _desk_of(account))
        return Person(account, town, self.memory, fellows)

    async def _total(self, watcher: Account) -> int:
        counts = await watcher.get(f"{API}work-orders/counts/")
        return int(counts["total"]) if counts else 0

    async def _report(self, reporters: Reporters, fresh: bool) -> None:
        script = list(SHOWCASE) if fresh else []
        sent = 0
        while not self.stopping.is_set():
            path = script.pop(0) if script else ""
            try:
                number = await reporters.report(path)
            except Gone:
                number = None
                await self._pause(5)
            if number and path:
                self.memory.paths[number] = path
            sent += 1
            early = fresh and sent < FIRST_REPORTS
            mean = 60.0 / max(0.01, self.options.rate * max(QUIETEST, busyness(dt.datetime.now(SHANGHAI).hour)))
            await self._pause(0.7 if early else min(300.0, reporters.dice.expovariate(1 / mean)))

    async def _work(self, people: Sequence[Person]) -> None:
        while not self.stopping.is_set():
            person = self._next(people)
            if person is None:
                await self._pause(0.2)
                continue
            person.next_at = float("inf")  # Nobody else sits down at this desk.
            try:
                await person.look()
            except Shut as error:
                logger.warning("nobody sits at %s", error)
                person.next_at = person.account.shut_until
            except (Gone, httpx.HTTPError) as error:
                logger.warning("%s: %s", person.account.username, error)
                person.next_at = time.monotonic() + 10
            except Exception:
                logger.exception("%s stumbled", person.account.username)
                person.next_at = time.monotonic() + 30

    def _next(self, people: Sequence[Person]) -> Person | None:
        """Whoever has waited longest; those whose unit got something come sooner."""
        now, woken = time.monotonic(), self.memory.woken
        for person in people:
            if person.account.unit in woken and person.next_at != float("inf"):
                person.next_at = min(person.next_at, now + EVERY[person.role][0])
        woken.clear()
        due = min(people, key=lambda person: person.next_at)
        return due if due.next_at <= now else None

    async def _calm_down(self) -> None:
        """The first minutes are quick, so that the demonstration looks alive at once; then life goes its way."""
        await self._pause(FIRST_SECONDS)
        self.memory.at_first = False
        self.memory.leisure = 1.0 if self.options.time_scale >= 20 else 5.0
        self.line.pace.per_second = PER_SECOND

    async def _supervise(self) -> None:
        """Now and then somebody answers a document of supervision, and somebody else judges the answer."""
        chance = random.Random(self.options.seed)
        while not self.stopping.is_set():
            await self._pause(SUPERVISE_SECONDS)
            with contextlib.suppress(Gone, Shut, httpx.HTTPError):
                await supervise_once(self.accounts, chance)

    async def _whistle(self, town: Town) -> None:
        """Somebody calls, those who are called come or do not, and it is settled."""
        field_work = Field(town, self.accounts, random.Random(f"whistle:{self.options.seed}"))
        while not self.stopping.is_set():
            await self._pause(WHISTLE_SECONDS)
            with contextlib.suppress(Gone, Shut, httpx.HTTPError):
                await field_work.once()

    async def _walk(self, town: Town) -> None:
        """Those on duty say where they are, so that the map is of now."""
        walks = Walks(town, self.accounts, random.Random(f"walk:{self.options.seed}"))
        while not self.stopping.is_set():
            with contextlib.suppress(Gone, Shut, httpx.HTTPError):
                await walks.once()
            await self._pause(WALK_SECONDS)

    async def _watch(self, watcher: Account) -> None:
        """Say when each status was first to be seen, and now and then how it stands."""
        rounds = 0
        while not self.stopping.is_set():
            with contextlib.suppress(Gone):
                counts = await watcher.get(f"{API}work-orders/counts/")
                self._note(counts or {"by_status": {}, "by_level": {}})
                if rounds % 12 == 0 and counts:
                    logger.info("%s %s %s", counts["by_status"], counts["by_level"], dict(self.line.answers))
            now = time.monotonic()
            stale = [key for key, (since, _) in self.memory.awaiting.items() if now - since > ASKED_SECONDS]
            for number in stale:
                self.memory.awaiting.pop(number, None)
            rounds += 1
            await self._pause(5)

    def _note(self, counts: dict[str, Any]) -> None:
        for name in (*counts["by_status"], *counts["by_level"]):
            if name not in self.seen:
                self.seen[name] = time.monotonic() - self.started
                logger.info("%s after %.0f s", name, self.seen[name])

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


def _desk_of(account: Account) -> tuple[str, str]:
    """Those of one centre share its queue, whatever their rank."""
    return ("centre" if account.role in CENTRE else account.role, account.unit)


def read_accounts(path: Path, line: Line) -> list[Account]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Account(row["username"], row["password"], row["role"], row["unit"], line) for row in rows]


async def run(options: Options, stopping: asyncio.Event) -> Show:
    """Run the show until it is over; everybody signs out."""
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=8)
    async with httpx.AsyncClient(base_url=options.base_url, timeout=20, limits=limits, trust_env=False) as http:
        line = Line(http, Pace(FIRST_PER_SECOND))
        accounts = read_accounts(options.accounts, line)
        show = Show(options, accounts, line, Memory(options.seed), stopping=stopping)
        try:
            await show.run()
        finally:
            leaving = [asyncio.wait_for(each.sign_out(), LEAVE_SECONDS) for each in accounts if each.token]
            await asyncio.gather(*leaving, return_exceptions=True)
        return show

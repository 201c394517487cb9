"""The people at their desks: look at the queue, take up what has lain long enough, do one thing at a time."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from dispatch.management.traffic import text
from dispatch.management.traffic.client import Account, code_of
from dispatch.management.traffic.ground import API, Town
from dispatch.management.traffic.habits import CENTRE, Desk, Fate, Wish, choose, dice_of, fate_of, lies_for
from dispatch.management.traffic.pictures import AFTER, picture
from dispatch.management.traffic.places import within

logger = logging.getLogger("lianqin.traffic")
MINE = {"queue": "mine", "limit": "40"}
CLOSED = {"status": "closed", "limit": "12"}
# What each role looks at; the last one only now and then.
LOOKS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "street_dispatcher": (MINE, CLOSED),
    "district_dispatcher": (MINE, CLOSED),
    "district_commander": (MINE,),
    "community_officer": (MINE, {"status": "reported", "limit": "20"}),
    "department_handler": (MINE,),
    "grid_worker": ({"status": "reported", "limit": "20"},),
    "grid_leader": ({"status": "submitted", "on_site": "1", "limit": "20"},),
    "supervisor": ({"status": "submitted", "sort": "due", "limit": "20"}, CLOSED),
    "source": ({"status": "reported,declined", "limit": "20"},),
}
# Seconds between two looks, at first and at rest.
EVERY: Mapping[str, tuple[float, float]] = {
    "street_dispatcher": (3, 9),
    "district_dispatcher": (4, 12),
    "district_commander": (6, 20),
    "community_officer": (6, 20),
    "department_handler": (8, 60),
    "grid_worker": (6, 25),
    "grid_leader": (8, 30),
    "supervisor": (8, 30),
    "source": (20, 60),
}
NOW_AND_THEN = 4
AT_ONCE = 4  # Things done at one look.
KEEP: Mapping[str, int] = {"street_dispatcher": 4, "district_dispatcher": 4, "department_handler": 1}
HOLD_SECONDS = 240.0
# Where the order's due is the clock that runs out first.
HELD = frozenset({"reported", "handling", "submitted"})
NEVER = 3600.0
ASKED_SECONDS = 120.0
FORGET_SECONDS = 45.0
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Memory:
    """What the people know of orders beyond what the API tells them again."""

    seed: int
    paths: dict[str, str] = field(default_factory=dict)
    done: dict[str, set[str]] = field(default_factory=dict)
    first_seen: dict[tuple[str, int], float] = field(default_factory=dict)
    awaiting: dict[str, tuple[float, str]] = field(default_factory=dict)  # number -> since when, and at which level
    woken: set[str] = field(default_factory=set)  # Names of units that got something.
    leisure: float = 0.5  # How long things lie, against the usual.
    at_first: bool = True

    def fate(self, number: str) -> Fate:
        return fate_of(number, self.seed, self.paths.get(number, ""))

    def done_on(self, line: Mapping[str, Any]) -> frozenset[str]:
        number = line["number"]
        done = set(self.done.get(number, ()))
        since, level = self.awaiting.get(number, (0.0, ""))
        if level == line["level"] and time.monotonic() - since < ASKED_SECONDS:
            done.add("asked")
        return frozenset(done)

    def forget(self, number: str) -> None:
        """The order is over, or what is known of it no longer matters."""
        self.first_seen = {key: at for key, at in self.first_seen.items() if key[0] != number}
        self.awaiting.pop(number, None)


@dataclass
class Person:
    account: Account
    town: Town
    memory: Memory
    fellows: Sequence[str]  # User names of the same role in the same unit, in order.
    next_at: float = 0.0
    looks: int = 0
    passed: dict[str, tuple[int, float]] = field(default_factory=dict)  # number -> version seen, until when
    ripe_in: float = 0.0  # Seconds until the next thing here has lain long enough.

    @property
    def role(self) -> str:
        return self.account.role

    async def look(self) -> None:
        """One look at the desk. Raises Gone if the server is away."""
        self.looks += 1
        self.ripe_in = NEVER
        queries = LOOKS.get(self.role, ())
        if len(queries) > 1 and self.looks % NOW_AND_THEN and CLOSED in queries:
            queries = queries[:-1]
        acted = 0
        for query in queries:
            page = await self.account.get(f"{API}work-orders/", **query)
            lines = (page or {}).get("results", [])
            for line in lines:
                if acted < AT_ONCE and self._takes_up(line, len(lines)):
                    acted += await self._act(line)
        first, rest = EVERY.get(self.role, (10, 60))
        wait = first if self.memory.at_first or acted else rest
        self.next_at = time.monotonic() + min(wait, max(1.0, self.ripe_in))

    def _takes_up(self, line: Mapping[str, Any], waiting: int) -> bool:
        number, now = line["number"], time.monotonic()
        if number in self.memory.awaiting:
            return self.role in CENTRE and self._passed_by(line, now)
        if not self._is_mine(number) or not self._passed_by(line, now):
            return False
        since = self.memory.first_seen.setdefault((number, line["version"]), now)
        left = lies_for(line, self.memory.fate(number)) * self.memory.leisure - (now - since)
        if left > 0:
            self.ripe_in = min(self.ripe_in, left)
            return False
        return not self._is_held(line, waiting, now - since)

    def _is_mine(self, number: str) -> bool:
        """Those who share a queue divide it among themselves."""
        turn = dice_of("turn", number).randrange(len(self.fellows))
        return self.fellows[turn] == self.account.username

    def _passed_by(self, line: Mapping[str, Any], now: float) -> bool:
        version, until = self.passed.get(line["number"], (0, 0.0))
        return version != line["version"] or now > until

    def _is_held(self, line: Mapping[str, Any], waiting: int, lain: float) -> bool:
        """Leave a few things with time for whoever wants to play."""
        if self.memory.at_first or waiting > KEEP.get(self.role, 0) or lain > HOLD_SECONDS * self.memory.leisure:
            return False
        if line["status"] not in HELD:
            return False
        due = line.get("due_at")
        left = (dt.datetime.fromisoformat(due) - dt.datetime.now(dt.UTC)).total_seconds() if due else HOLD_SECONDS
        return left > lain

    async def _act(self, line: Mapping[str, Any]) -> int:
        """Ask what may be done, choose, do it; return whether something was done."""
        number = line["number"]
        offered = await self.account.get(f"{API}work-orders/{number}/actions/")
        if offered is None:
            return 0
        desk = self._desk(line, offered)
        wish = choose(desk)
        if wish is None:
            self.passed[number] = (line["version"], time.monotonic() + FORGET_SECONDS)
            return 0
        answer = await self._decide(number, wish) if wish.request else await self._do(desk, wish)
        self._remember(desk, wish, answer)
        return int(answer.is_success)

    def _desk(self, line: Mapping[str, Any], offered: Mapping[str, Any]) -> Desk:
        current = {**line, "status": offered["status"], "level": offered["level"], "version": offered["version"]}
        return Desk(
            role=self.role,
            line=current,
            offers={each["action"]: each for each in offered["actions"]},
            requests=offered["requests"],
            fate=self.memory.fate(line["number"]),
            done=self.memory.done_on(current),
            category=self.town.by_code((line.get("category") or {}).get("code")),
            lead=self.town.lead(current),
            others=self.town.others(current),
        )

    async def _decide(self, number: str, wish: Wish) -> httpx.Response:
        data = {"answer": text.reason(wish.action, dice_of(self.memory.seed, number, wish.request))}
        return await self.account.post(f"{API}work-orders/{number}/requests/{wish.request}/{wish.action}/", data)

    async def _do(self, desk: Desk, wish: Wish) -> httpx.Response:
        number, dice = desk.line["number"], dice_of(self.memory.seed, desk.line["number"], wish.action)
        if wish.duplicates:
            master = await self._master(number)
            if master:
                offer = desk.offers["merge"]
                return await self.account.post(offer["url"], {"master": master, "version": offer["version"]})
        if wish.picture:
            named = {} if wish.assignment is None else {"assignment": str(wish.assignment)}
            content = picture(dice, moment=AFTER)
            path = f"{API}work-orders/{number}/attachments/"
            await self.account.upload(path, content, {"stage": wish.picture, **named})
        offer = desk.offers[wish.action]
        data = self._filled_in(desk, wish, offer)
        if wish.data.get("category", "") is None:
            data["category"] = await self._read(str(desk.line["title"])) or data["category"]
        return await self.account.post(offer["url"], data)

    async def _read(self, words: str) -> str:
        """The matter that the words tell of, as the platform reads them; empty where it is not sure."""
        answer = await self.account.post(f"{API}citizen/reading/suggest/", {"text": words})
        code = ((answer.json() if answer.is_success else {}).get("category") or {}).get("code")
        return str(code) if self.town.by_code(code) else ""

    async def _master(self, number: str) -> str:
        """The oldest open order near by that tells of the same."""
        near = await self.account.get(f"{API}work-orders/{number}/duplicates/")
        return min((each["order"]["number"] for each in near or ()), default="")

    def _filled_in(self, desk: Desk, wish: Wish, offer: Mapping[str, Any]) -> dict[str, Any]:
        dice = dice_of(self.memory.seed, desk.line["number"], wish.action, desk.line["version"])
        data: dict[str, Any] = {"version": offer["version"], **wish.data}
        for asked in offer["inputs"]:
            name, choices = asked["name"], asked["choices"] or []
            codes = [each["value"] for each in choices]
            if name == "lead" and codes and data.get("lead") not in codes:
                data["lead"] = dice.choice(codes)
            elif name == "assists" and codes:
                data["assists"] = [code for code in data.get("assists", ()) if code in codes and code != data["lead"]]
            elif name == "category" and "category" in data and data["category"] is None:
                data["category"] = self.town.matter(dice, plain=True)["code"]
            elif name == "instruction":
                data["instruction"] = dice.choice(text.INSTRUCTIONS)
            elif name == "correction" and codes:
                # Kept only where the list names another department; some give no reason.
                data["correction"] = dice.choice([*codes, ""])
            elif name == "result":
                data["result"] = text.result(desk.category, dice)
            elif name == "review_on":
                day = dt.datetime.now(SHANGHAI).date() + dt.timedelta(days=dice.randint(3, 30))
                data["review_on"] = day.isoformat()
            elif name == "worker" and codes:
                data["worker"] = codes[0]
            elif name == "lon":
                data["lon"], data["lat"] = within(dice.choice(self.town.known), dice)
            elif name == "reason" and (asked["required"] or wish.action in text.REASONS):
                data["reason"] = text.reason(wish.action, dice)
        return data

    def _remember(self, desk: Desk, wish: Wish, answer: httpx.Response) -> None:
        number, memory = desk.line["number"], self.memory
        if not answer.is_success:
            logger.debug("%s %s %s: %s", self.account.username, wish.action, number, answer.text[:300])
            memory.done.setdefault(number, set()).add(f"refused {wish.action}")
            quick = answer.status_code == 409
            self.passed[number] = (desk.line["version"], time.monotonic() + (3 if quick else FORGET_SECONDS))
            if code_of(answer) == "evidence_required" and desk.may("rework"):
                memory.paths[number] = "rework"
            return
        memory.done.setdefault(number, set()).add(wish.action)
        if wish.request:
            memory.awaiting.pop(number, None)
        elif desk.offers[wish.action]["asks_approval"]:
            memory.awaiting[number] = (time.monotonic(), str(desk.line["level"]))
        order = answer.json()
        if not order.get("is_open", True):
            memory.forget(number)
        for part in (*order.get("assignments", ()), {"is_live": True, "unit": order.get("holder")}):
            if part["is_live"] and part["unit"]:
                memory.woken.add(part["unit"]["name"])

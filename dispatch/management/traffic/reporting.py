"""Who reports what, where and when."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dispatch.management.traffic import text
from dispatch.management.traffic.client import Account
from dispatch.management.traffic.ground import API, Town
from dispatch.management.traffic.pictures import picture
from dispatch.management.traffic.places import Cell, beside, choose, outside, within
from dispatch.management.traffic.resident import Resident

logger = logging.getLogger("lianqin.traffic")
# Share of each source, and the roles that may send it.
SOURCES: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "grid_worker": (28, ("grid_worker", "grid_leader")),
    "hotline_12345": (25, ("source",)),
    "citizen": (11, ("citizen", "source")),
    "video": (10, ("street_dispatcher",)),
    "police_110": (6, ("source",)),
    "online_inquiry": (5, ("source",)),
    "governance_platform": (5, ("source",)),
    "inspection": (5, ("supervisor",)),
    "portal": (4, ("source",)),
}
CITIZENS = frozenset({"hotline_12345", "citizen", "police_110", "online_inquiry", "portal"})
UNPLACED, OUTSIDE, REPEATED = 0.03, 0.04, 0.08
PICTURES = 0.45
# Ends that need a matter of usual urgency, so that there is time to see them.
CALM = frozenset({"decline", "void", "shelve", "merge", "escalate", "to_district", "withdraw", "hand_down"})
OF_CENTRES = ("hotline_12345", "video", "governance_platform")


@dataclass
class Reporters:
    """``told`` remembers the last reports with a place, so that some are told twice."""

    town: Town
    accounts: Sequence[Account]
    dice: random.Random
    run: str  # Makes the references of this run its own.
    sent: int = 0
    told: list[tuple[str, text.Written, tuple[float, float]]] = field(default_factory=list)
    residents: dict[str, Resident] = field(default_factory=dict)

    async def report(self, path: str = "") -> str | None:
        """Send one report; return its number, or nothing if it was refused."""
        source, account = self._who(path)
        data = self._what(source, account, path)
        if account.role == "citizen":
            content = picture(self.dice) if self.dice.random() < PICTURES else None
            return await self.residents.setdefault(account.username, Resident(account)).report(data, content)
        answer = await account.post(f"{API}work-orders/", data)
        if not answer.is_success:
            logger.warning("a report was refused: %s %s", answer.status_code, answer.text[:200])
            return None
        number = str(answer.json()["number"])
        if self.dice.random() < PICTURES:
            content = picture(self.dice)
            await account.upload(f"{API}work-orders/{number}/attachments/", content, {"stage": "report"})
        return number

    def _who(self, path: str) -> tuple[str, Account]:
        there = {role for account in self.accounts for role in [account.role]}
        fit = {name: share for name, (share, roles) in SOURCES.items() if not there.isdisjoint(roles)}
        if path == "on_site":
            fit = {name: share for name, share in fit.items() if name == "grid_worker"} or fit
        elif path == "withdraw":
            fit = {name: share for name, share in fit.items() if name == "hotline_12345"} or fit
        elif path:
            fit = {name: share for name, share in fit.items() if name in OF_CENTRES} or fit
        (source,) = self.dice.choices(list(fit), list(fit.values()))
        roles = SOURCES[source][1]
        role = next(role for role in roles if role in there)
        return source, self.dice.choice([each for each in self.accounts if each.role in (role, *roles[:1])])

    def _what(self, source: str, account: Account, path: str) -> dict[str, Any]:
        self.sent += 1
        place: tuple[float, float] | None
        again = path == "merge" or (not path and self.dice.random() < REPEATED)
        if again and self.told:
            code, first, point = self.told[-1] if path else self.dice.choice(self.told)
            written, place, known = text.repeated(first, self.dice), beside(point, self.dice), code
        else:
            matter = self.town.matter(self.dice, plain=path in CALM)
            cell = self._where(account, path)
            written = text.report(matter, cell.community_name, self.dice)
            place, known = self._point(cell, source, path), matter["code"]
        if place and not again:
            self.told = [*self.told[-20:], (known, written, place)]
        return {
            "title": written.title,
            "description": written.description,
            "address": written.address,
            "source": source,
            **({"lon": place[0], "lat": place[1]} if place else {}),
            **({"category": known} if path or again or self.dice.random() < 0.85 else {}),
            **self._caller(source),
        }

    def _where(self, account: Account, path: str) -> Cell:
        own = self.town.posts.get(account.username, "")
        if own and account.role != "community_officer":
            return choose([cell for cell in self.town.known if cell.code.startswith(own)], {}, self.dice)
        busy = {code: weight for code, weight in self.town.busy.items() if code or not path}
        at_work = [cell for cell in self.town.known if not path or any(map(cell.code.startswith, busy))]
        return choose(at_work or self.town.known, busy, self.dice)

    def _point(self, cell: Cell, source: str, path: str) -> tuple[float, float] | None:
        drawn = self.dice.random()
        if not path and source in CITIZENS and drawn < UNPLACED:
            return None
        if not path and drawn < UNPLACED + OUTSIDE:
            return outside(self.town.known, self.dice)
        return within(cell, self.dice)

    def _caller(self, source: str) -> dict[str, str]:
        if source not in CITIZENS:
            return {}
        reference = {} if source == "citizen" else {"external_ref": f"{source[:3].upper()}-{self.run}-{self.sent:05d}"}
        # 555 numbers ring nowhere.
        phone = f"025-555{self.dice.randint(0, 99999):05d}"
        return {"reporter_name": self.dice.choice(text.CALLERS), "reporter_phone": phone, **reference}

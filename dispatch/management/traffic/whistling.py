"""Made-up life of whistles: workstations call, units say that they come, arrive or do not, and it is settled."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dispatch.management.traffic.client import Account
from dispatch.management.traffic.ground import API, HELPERS, Town
from dispatch.management.traffic.habits import STREET, dice_of
from dispatch.management.traffic.places import beside, within

WHISTLES = f"{API}whistles/"
UNDER_WAY = ("raised", "answered")
ENOUGH = 6  # So many under way are plenty.
# Of those who are called: who never comes, who comes without a word, who still waits at one look.
ABSENT, SILENT, PATIENCE = 0.15, 0.2, 0.5
UNSOLVED = 0.2
CALL_MINUTES = (10, 45)
NEAR_M, CALLED_AT_ONCE = 90.0, 3
MATTERS = (
    "占道摊点集中清理，请到现场会商",
    "小区楼道堆物清理，请联合处置",
    "雨水井堵塞积水，请到场查看",
    "围挡松动有坠落风险，请到场处置",
    "油烟扰民多次反映，请到场联合检查",
    "共享单车堵住消防通道，请到场清理",
)
SOLVED = ("各家到场，当场清理完毕。", "现场商定由主办单位今日处置，社区复看。", "隐患已排除，设了警示牌。")
LEFT = ("产权单位没有到场，责任未能当场明确。", "需要区级单位的设备，现场处置不了。")


@dataclass
class Field:
    """Those of the accounts who go out; ``names`` are learned from the API: how a summons calls a person."""

    town: Town
    accounts: Sequence[Account]
    dice: random.Random
    names: dict[str, str] = field(default_factory=dict)

    async def once(self) -> int:
        """Look once at every whistle under way and let some of it go on; return how many moves were made."""
        watcher = self._of_role("district_dispatcher")
        if watcher is None:
            return 0
        page = await watcher.get(WHISTLES, state="open")
        rows = (page or {}).get("results", [])
        moves = 0
        for row in rows:
            moves += await self._go_on(row)
        if len(rows) < ENOUGH and self.dice.random() < PATIENCE:
            moves += await self._call()
        return moves

    async def _go_on(self, row: Mapping[str, Any]) -> int:
        moves = 0
        for summons in row["summonses"]:
            if not summons["arrived_at"] and not summons["no_show_at"] and self.dice.random() < PATIENCE:
                moves += await self._come(row, summons)
        if (
            moves == 0
            and row["summonses"]
            and all(each["arrived_at"] or each["no_show_at"] for each in row["summonses"])
        ):
            moves += await self._settle(row)
        return moves

    async def _come(self, row: Mapping[str, Any], summons: Mapping[str, Any]) -> int:
        """Say that one comes; at a later look be there. Some say nothing, some never come."""
        who = await self._called(summons)
        fate = dice_of("summons", summons["id"]).random()
        if who is None or fate < ABSENT:
            return 0
        one = f"{API}summonses/{summons['id']}/"
        if not summons["acknowledged_at"] and fate > ABSENT + SILENT:
            return await _done(who, f"{one}acknowledge/", {"minutes": self.dice.choice((5, 10, 15, 30))})
        lon, lat = beside((row["lon"], row["lat"]), self.dice, NEAR_M)
        there = {"lon": lon, "lat": lat, "accuracy_m": self.dice.randint(5, 30)}
        return await _done(who, f"{one}arrive/", there)

    async def _settle(self, row: Mapping[str, Any]) -> int:
        """Whoever whistled says what came of it; for a station without an account, its centre does."""
        own = next((each for each in self.accounts if each.unit == row["unit_name"]), None)
        who = own or self._of_role("district_dispatcher")
        if who is None:
            return 0
        solved = all(each["arrived_at"] for each in row["summonses"]) and self.dice.random() > UNSOLVED
        said = self.dice.choice(SOLVED if solved else LEFT)
        return await _done(who, f"{WHISTLES}{row['id']}/settle/", {"solved": solved, "outcome": said})

    async def _call(self) -> int:
        """A workstation calls some departments of its street to a place of its community."""
        officers = [each for each in self.accounts if each.role == "community_officer"]
        if not officers:
            return 0
        officer = self.dice.choice(officers)
        community = self.town.posts.get(officer.username, "")
        cells = [each for each in self.town.known if community and each.code.startswith(community)]
        units = [self.town.units.get((STREET, community[:9], each), "") for each in HELPERS]
        found = [code for code in units if code]
        if not cells or not found:
            return 0
        cell = self.dice.choice(cells)
        lon, lat = within(cell, self.dice)
        due = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=self.dice.randint(*CALL_MINUTES))
        told = {
            "kind": "community", "matter": self.dice.choice(MATTERS), "by": due.isoformat(),
            "place": {"lon": lon, "lat": lat},
            "units": self.dice.sample(found, min(len(found), self.dice.randint(1, CALLED_AT_ONCE))),
        }  # fmt: skip
        return await _done(officer, WHISTLES, told)

    async def _called(self, summons: Mapping[str, Any]) -> Account | None:
        """The account that a summons means: of the unit, or of that name."""
        if summons["unit_name"]:
            return next((each for each in self.accounts if each.unit == summons["unit_name"]), None)
        for each in self.accounts:
            if each.role in ("grid_worker", "grid_leader") and each.username not in self.names:
                me = await each.get(f"{API}auth/me/")
                self.names[each.username] = (me or {}).get("full_name", "")
        known = (each for each in self.accounts if self.names.get(each.username) == summons["user_name"])
        return next(known, None)

    def _of_role(self, role: str) -> Account | None:
        return next((each for each in self.accounts if each.role == role), None)


async def _done(account: Account, path: str, data: dict[str, Any]) -> int:
    return int((await account.post(path, data)).is_success)

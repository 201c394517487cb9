"""What the simulator learns from the API before it starts: places, matters, units, who is posted where."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispatch.management.traffic.client import Account, Shut
from dispatch.management.traffic.habits import DISTRICT, STREET, dice_of
from dispatch.management.traffic.places import Cell, cells

API = "/api/v1/"
# How often matters of a class are reported.
CLASSES: Mapping[str, float] = {
    "01": 22, "02": 4, "03": 12, "04": 8, "05": 3, "06": 8, "07": 6, "08": 5, "09": 10, "10": 10, "11": 3, "12": 5,
    "13": 5, "14": 4,
}  # fmt: skip
OWN_SQUAD = "mobile_squad"
HELPERS = ("urban_management", "public_security", "traffic_police", "water", "housing", "emergency")


class NotReady(Exception):
    """The API does not tell what is needed."""


@dataclass(frozen=True)
class Town:
    known: Sequence[Cell]
    matters: Sequence[Mapping[str, Any]]
    units: Mapping[tuple[str, str, str], str]  # (level, street code, function) -> code
    busy: Mapping[str, float]  # Code of a place -> how much is reported there.
    posts: Mapping[str, str]  # User name -> code of the street, community or grid.

    def matter(self, dice: random.Random, *, plain: bool = False) -> Mapping[str, Any]:
        """Something to report; ``plain``: of usual urgency, handled at the street."""
        fit = [each for each in self.matters if not plain or (each["urgency"] == "normal" and not each["vertical"])]
        (found,) = dice.choices(fit, [CLASSES.get(each["code"][:2], 1.0) for each in fit])
        return found

    def by_code(self, code: str | None) -> Mapping[str, Any] | None:
        return next((each for each in self.matters if each["code"] == code), None)

    def lead(self, line: Mapping[str, Any]) -> str:
        """The unit that answers for a matter at the order's level, or the centre's own squad."""
        matter = self.by_code((line.get("category") or {}).get("code")) or {}
        street = (line.get("street") or {}).get("code", "")
        if line["level"] == STREET:
            own = self.units.get((STREET, street, OWN_SQUAD), "")
            return self.units.get((STREET, street, matter.get("street_function", "")), own)
        fallback = self.units.get((DISTRICT, "", HELPERS[0]), "")
        return self.units.get((DISTRICT, "", matter.get("district_function", "")), fallback)

    def others(self, line: Mapping[str, Any]) -> list[str]:
        """Units that could assist, in an order that is the order's own."""
        street = (line.get("street") or {}).get("code", "") if line["level"] == STREET else ""
        found = [self.units.get((line["level"], street, each), "") for each in HELPERS]
        lead = self.lead(line)
        fit = [code for code in found if code and code != lead]
        dice_of("assists", line["number"]).shuffle(fit)
        return fit


async def learn(first: Account, accounts: Sequence[Account]) -> Town:
    """Ask for everything once. Raises NotReady."""
    boundaries = await first.get(f"{API}divisions/boundaries/", level="grid")
    divisions = await first.get(f"{API}divisions/")
    categories = await first.get(f"{API}categories/")
    units = await first.get(f"{API}units/", kind="duty_department")
    if not boundaries or not divisions or not categories or not units:
        raise NotReady("divisions, categories or units are missing")
    known = cells(boundaries["features"], [row for row in divisions if row["level"] == "community"])
    codes = {(row["level"], row["id"]): row["code"] for row in divisions}
    posted = [each for each in accounts if each.role in POSTED]
    found = await asyncio.gather(*(_post(each, codes) for each in posted))
    posts = {each.username: code for each, code in zip(posted, found, strict=True)}
    return Town(
        known=known,
        matters=[leaf for node in categories["results"] for leaf in node["children"]],
        units={(row["level"], row["street"] or "", row["function"]): row["code"] for row in units},
        busy=_busy(posts),
        posts=posts,
    )


# Roles whose place decides where reports come from, and how much of them.
POSTED: Mapping[str, tuple[str, float]] = {
    "street_dispatcher": ("street", 10.0),
    "community_officer": ("community", 5.0),
    "grid_worker": ("grid", 6.0),
    "grid_leader": ("grid", 6.0),
}
ELSEWHERE = 4.0


async def _post(account: Account, codes: Mapping[tuple[str, int], str]) -> str:
    try:
        me = await account.get(f"{API}auth/me/")
    except Shut:
        me = None  # The others can do without.
    level, _ = POSTED[account.role]
    found = (codes.get((level, post.get(f"{level}_id"))) for post in (me or {}).get("posts", ()))
    return next((code for code in found if code), "")


def _busy(posts: Mapping[str, str]) -> dict[str, float]:
    """Most is reported where somebody of the accounts is at work; something everywhere."""
    weights = {9: POSTED["street_dispatcher"][1], 12: POSTED["community_officer"][1], 15: POSTED["grid_worker"][1]}
    busy = {code: weights.get(len(code), 1.0) for code in set(posts.values()) if code}
    return {**busy, "": ELSEWHERE}

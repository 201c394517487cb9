"""Made-up walks: those of the accounts who are on duty say where they are, a little further on each time."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dispatch.management.traffic.client import Account
from dispatch.management.traffic.ground import API, Town
from dispatch.management.traffic.habits import dice_of
from dispatch.management.traffic.places import Cell, beside, within

POSITIONS = f"{API}positions/"
WALKERS = ("grid_worker", "grid_leader", "department_handler")
STEP_M = 70.0
APART_SECONDS = 30.0
# Who is off duty is not asked again for so long.
OFF_SECONDS = 600.0


@dataclass
class Walks:
    """``at``: where each walker was last; ``next_at``: when to tell again, by the monotonic clock."""

    town: Town
    accounts: Sequence[Account]
    dice: random.Random
    at: dict[str, tuple[float, float]] = field(default_factory=dict)
    next_at: dict[str, float] = field(default_factory=dict)

    async def once(self) -> int:
        """Everybody who is due tells once; return how many positions were taken."""
        now, taken = time.monotonic(), 0
        for account in self.accounts:
            if account.role in WALKERS and self.next_at.get(account.username, 0.0) <= now:
                taken += await self._tell(account, now)
        return taken

    async def _tell(self, account: Account, now: float) -> int:
        home = self._home(account)
        if home is None:
            return 0
        before = self.at.get(account.username)
        lon, lat = beside(before, self.dice, STEP_M) if before else within(home, self.dice)
        if not home.contains(lon, lat):
            lon, lat = before or within(home, self.dice)
        answer = await account.post(POSITIONS, {"lon": lon, "lat": lat, "accuracy_m": self.dice.randint(4, 30)})
        self.next_at[account.username] = now + (APART_SECONDS if answer.is_success else OFF_SECONDS)
        if answer.is_success:
            self.at[account.username] = (lon, lat)
        return int(answer.is_success)

    def _home(self, account: Account) -> Cell | None:
        """The grid of a worker; one of the street's or the district's for somebody of a department."""
        post = self.town.posts.get(account.username, "")
        cells = [each for each in self.town.known if each.code.startswith(post)]
        return dice_of("walk", account.username).choice(cells) if cells else None

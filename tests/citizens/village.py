"""A matter of a community and who acts on it, by the pages they use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from citizens.models import (
    Matter,
)
from citizens.services.ballots import count_due
from lianqin.kernel import clock
from tests.citizens.community import SHANGHAI, is_a, window
from tests.workorders.conftest import Desk

Shift = Callable[[dt.timedelta], None]
PAGE, DESK = "/citizen/matters/", "/citizen-desk/matters/"


class Village:
    """A matter and who acts on it, by the pages they use."""

    def __init__(self, desk: Desk, shift: Shift) -> None:
        self.desk, self.shift = desk, shift
        is_a(desk, "citizen", "resident")
        is_a(desk, "citizen2", "resident")
        self.windows = {name: window(desk, name) for name in ("citizen", "citizen2", "community_officer")}
        told = {"title": "加装楼道扶手", "words": "三幢老人多，想在楼道装扶手。"}
        assert self.windows["citizen"].post(f"{PAGE}new/", told).status_code == 302
        self.pk = Matter.objects.get().pk

    @property
    def matter(self) -> Matter:
        return Matter.objects.get(pk=self.pk)

    def act(self, who: str, do: str, **told: Any) -> int:
        client = self.windows.setdefault(who, window(self.desk, who))
        root = PAGE if who.startswith("citizen") or who.startswith("neighbour") else DESK
        status: int = client.post(f"{root}{self.pk}/", {"do": do, **told}).status_code
        return status

    def officer(self, do: str, **told: Any) -> int:
        return self.act("community_officer", do, **told)

    def day(self, **ahead: float) -> dict[str, str]:
        moment = clock.now().astimezone(SHANGHAI) + dt.timedelta(**ahead)
        return {"day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}"}

    def to_discussing(self) -> None:
        assert self.officer("accept", words="大家关心") == 302

    def to_minutes(self) -> None:
        assert self.officer("call_meeting", place="居民活动室", **self.day(hours=2)) == 302
        self.shift(dt.timedelta(hours=3))
        assert self.officer("write_minutes", text="到会十二人，多数赞成装扶手，费用由微心愿资金承担。") == 302

    def to_deciding(self, secret: bool = True, quorum: int = 2) -> None:
        if self.matter.state == "raised":
            self.to_discussing()
        self.to_minutes()
        assert self.officer("sign_minutes", seen=1) == 302
        assert self.officer("propose", words="一至三层两侧都装") == 302
        told = {"secret": "on"} if secret else {}
        assert self.officer("open_ballot", quorum=quorum, **told, **self.day(days=2)) == 302

    def to_counted(self) -> None:
        self.shift(dt.timedelta(days=2, minutes=1))
        assert count_due() == 1

    def to_doing(self) -> None:
        self.to_deciding()
        assert (self.act("citizen", "vote", choice="for-1"), self.act("citizen2", "vote", choice="for-1")) == (302, 302)
        self.to_counted()
        due = (clock.now() + dt.timedelta(days=20)).date().isoformat()
        assert self.officer("decide", owner="社区物业专员", due_on=due) == 302


@pytest.fixture
def village(desk: Desk, shift: Shift) -> Village:
    return Village(desk, shift)

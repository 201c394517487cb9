"""What people tell a platform, made up or from a file, and how each platform writes it down."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grids.coordinates import wgs84_to_bd09, wgs84_to_gcj02

SHANGHAI = ZoneInfo("Asia/Shanghai")
MATTERS = (
    ("路面坑洼", "路口有一处坑洼，电动车经过容易摔倒", "SZ-01"),
    ("路灯不亮", "晚上一片漆黑，走路看不清", "SZ-03"),
    ("垃圾没人收", "垃圾桶满了两天，气味很大", "SR-02"),
    ("店外占道经营", "桌椅摆到人行道上，行人只能走马路", "SR-03"),
    ("工地夜间施工", "过了十点还在打桩，老人孩子睡不着", "HB-02"),
)
SPOTS = ("菜市场门口", "小学东侧", "公交站旁", "小区北门", "河边步道")
MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Appeal:
    """``place`` in WGS-84, or None: the platform does not know it."""

    number: str
    title: str
    text: str
    name: str = "王某某"
    phone: str = "025-55500000"
    address: str = ""
    matter: str = ""
    place: tuple[float, float] | None = None
    at: dt.datetime = dt.datetime(2026, 1, 1, 8, tzinfo=SHANGHAI)


def made_up(prefix: str, dice: random.Random, around: tuple[float, float] | None) -> Iterator[Appeal]:
    """Without end; every text says that it is made up."""
    number = 0
    while True:
        number += 1
        title, text, matter = dice.choice(MATTERS)
        spot = dice.choice(SPOTS)
        place = (around[0] + dice.uniform(-0.01, 0.01), around[1] + dice.uniform(-0.01, 0.01)) if around else None
        yield Appeal(
            number=f"{prefix}-{number:05d}", title=f"{spot}{title}", text=f"{text}。（模拟来件）", address=spot,
            phone=f"025-555{dice.randrange(100_000):05d}", matter=matter, place=place, at=dt.datetime.now(SHANGHAI),
        )  # fmt: skip


def of_file(path: Path, share: int, shares: int) -> list[Appeal]:
    """The rows of a CSV that fall to one of several platforms; rows of one number fall to the same."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = {number: place for place, number in enumerate(dict.fromkeys(row["external_ref"] for row in rows))}
    return [_of_row(row) for row in rows if numbers[row["external_ref"]] % shares == share]


def _of_row(row: Mapping[str, str]) -> Appeal:
    at = dt.datetime.strptime(row["reported_at"], "%Y/%m/%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    text = row["description"].strip()[:MOST_TEXT] or row["title"]
    return Appeal(row["external_ref"], row["title"].strip(), text, name=row.get("reporter", ""), phone="", at=at)


def _hotline(appeal: Appeal) -> dict[str, Any]:
    x, y = wgs84_to_gcj02(*appeal.place) if appeal.place else (None, None)
    return {
        "head": {"code": appeal.number, "sentAt": f"{appeal.at:%Y-%m-%d %H:%M:%S}"},
        "body": {
            "topic": appeal.title, "content": appeal.text, "kind": appeal.matter, "level": "1",
            "caller": {"name": appeal.name, "tel": appeal.phone},
            "location": {"addr": appeal.address, "x": x, "y": y},
        },
    }  # fmt: skip


def _police(appeal: Appeal) -> dict[str, Any]:
    x, y = appeal.place or (None, None)
    return {
        "JJDBH": appeal.number, "BJNR": f"{appeal.title}。{appeal.text}"[:MOST_TEXT],
        "BJSJ": f"{appeal.at:%Y%m%d%H%M%S}",
        "AFDD": appeal.address, "XZB": x, "YZB": y, "BJLB": "", "BJR": appeal.name, "LXDH": appeal.phone, "JJCD": "01",
    }  # fmt: skip


def _forum(appeal: Appeal) -> dict[str, Any]:
    milliseconds = int(appeal.at.timestamp() * 1000)
    number = int(appeal.number) if appeal.number.isdecimal() else appeal.number
    return {
        "tid": number, "subject": appeal.title, "message": appeal.text, "author": appeal.name,
        "dateline": milliseconds, "tags": [],
    }  # fmt: skip


def _letter(appeal: Appeal) -> dict[str, Any]:
    writer = {"name": appeal.name, "mobile": appeal.phone}
    return {
        "letter": {
            "id": appeal.number, "title": appeal.title, "content": appeal.text, "submitted": appeal.at.isoformat(),
            "place": appeal.address, "writer": writer, "type": "建议",
        }
    }  # fmt: skip


def _event(appeal: Appeal) -> dict[str, Any]:
    place = wgs84_to_bd09(*appeal.place) if appeal.place else None
    event = {
        "eventNo": appeal.number, "eventName": appeal.title, "eventDesc": appeal.text, "occurPlace": appeal.address,
        "geo": f"{place[0]:.6f},{place[1]:.6f}" if place else "", "occurTime": f"{appeal.at:%Y/%m/%d %H:%M}",
        "grade": "一般",
    }  # fmt: skip
    return {"events": [event]}


WRITTEN: Mapping[str, Callable[[Appeal], dict[str, Any]]] = {
    "police_110": _police,
    "online_inquiry": _forum,
    "portal": _letter,
    "governance_platform": _event,
    "hotline_12345": _hotline,
}

"""The agreed format of each platform until it is changed: its shape, and where our fields stand in it. Pure.

Codes of matters are the catalogue's leaves; what a platform's table does not name is classified by staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT = {"type": "string", "minLength": 1, "maxLength": 20_000}
SHORT = {"type": "string", "maxLength": 200}
NUMBER = {"type": "string", "minLength": 1, "maxLength": 64}
DEGREES = {"type": ["number", "string", "null"]}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


HOTLINE_MATTERS = {"SZ-01": "0301", "SZ-03": "0303", "SR-02": "0102", "SR-03": "0103", "HB-02": "0402"}

FORMATS: Mapping[str, dict[str, Any]] = {
    # Nested; codes of matters and of urgency; GCJ-02.
    "hotline_12345": {
        "schema": _object(
            ("head", "body"),
            head=_object(("code",), code=NUMBER, sentAt=SHORT),
            body=_object(
                ("content",),
                topic={"type": "string", "maxLength": 500},
                content=TEXT,
                kind=SHORT,
                level={"enum": ["1", "2", "3"]},
                caller=_object((), name=SHORT, tel=SHORT),
                location=_object((), addr={"type": "string", "maxLength": 500}, x=DEGREES, y=DEGREES),
            ),
        ),
        "mapping": {
            "external_ref": "/head/code",
            "title": "/body/topic",
            "description": "/body/content",
            "address": "/body/location/addr",
            "lon": "/body/location/x",
            "lat": "/body/location/y",
            "coordinates": "gcj02",
            "category": {"at": "/body/kind", "values": HOTLINE_MATTERS},
            "urgency": {"at": "/body/level", "values": {"1": "normal", "2": "urgent", "3": "critical"}},
            "reporter_name": "/body/caller/name",
            "reporter_phone": "/body/caller/tel",
            "reported_at": {"at": "/head/sentAt", "format": "%Y-%m-%d %H:%M:%S"},
        },
    },
    # Flat, names by initials, times without separators; WGS-84.
    "police_110": {
        "schema": _object(
            ("JJDBH", "BJNR"),
            JJDBH=NUMBER, BJNR=TEXT, BJSJ={"type": "string", "pattern": "^[0-9]{14}$"}, AFDD={"type": "string"},
            XZB=DEGREES, YZB=DEGREES, BJLB=SHORT, BJR=SHORT, LXDH=SHORT, JJCD={"enum": ["01", "02", "03"]},
        ),
        "mapping": {
            "external_ref": "/JJDBH",
            "description": "/BJNR",
            "address": "/AFDD",
            "lon": "/XZB",
            "lat": "/YZB",
            "category": {"at": "/BJLB", "values": {"301": "0402", "302": "0303", "303": "0302"}},
            "urgency": {"at": "/JJCD", "values": {"01": "normal", "02": "urgent", "03": "critical"}},
            "reporter_name": "/BJR",
            "reporter_phone": "/LXDH",
            "reported_at": {"at": "/BJSJ", "format": "%Y%m%d%H%M%S"},
        },
    },
    # A thread of a forum: no place, milliseconds, a number as a number.
    "online_inquiry": {
        "schema": _object(
            ("tid", "message"),
            tid={"type": ["integer", "string"]}, subject={"type": "string"}, message=TEXT, author=SHORT,
            dateline={"type": "integer"}, tags={"type": "array", "items": SHORT},
        ),
        "mapping": {
            "external_ref": "/tid",
            "title": "/subject",
            "description": "/message",
            "category": {"at": "/tags/0", "values": {"噪声": "0402", "道路": "0301", "路灯": "0303"}},
            "reporter_name": "/author",
            "reported_at": {"at": "/dateline", "format": "epoch_ms"},
        },
    },
    # A letter with its writer; times with their zone.
    "portal": {
        "schema": _object(
            ("letter",),
            letter=_object(
                ("id", "content"),
                id=NUMBER, title={"type": "string"}, content=TEXT, submitted=SHORT, place={"type": "string"},
                writer=_object((), name=SHORT, mobile=SHORT), type=SHORT,
            ),
        ),
        "mapping": {
            "external_ref": "/letter/id",
            "title": "/letter/title",
            "description": "/letter/content",
            "address": "/letter/place",
            "reporter_name": "/letter/writer/name",
            "reporter_phone": "/letter/writer/mobile",
            "reported_at": "/letter/submitted",
        },
    },
    # An event in a list of one; the place as one text; BD-09.
    "governance_platform": {
        "schema": _object(
            ("events",),
            events={
                "type": "array", "minItems": 1, "maxItems": 1,
                "items": _object(
                    ("eventNo", "eventName"),
                    eventNo=NUMBER, eventName=TEXT, eventDesc={"type": "string"}, occurPlace={"type": "string"},
                    geo={"type": "string"}, occurTime=SHORT, grade={"enum": ["一般", "较重", "紧急"]},
                    photos={"type": "array", "items": {"type": "string"}},
                ),
            },
        ),
        "mapping": {
            "external_ref": "/events/0/eventNo",
            "title": "/events/0/eventName",
            "description": "/events/0/eventDesc",
            "address": "/events/0/occurPlace",
            "point": "/events/0/geo",
            "coordinates": "bd09",
            "urgency": {"at": "/events/0/grade", "values": {"一般": "normal", "较重": "urgent", "紧急": "critical"}},
            "reported_at": {"at": "/events/0/occurTime", "format": "%Y/%m/%d %H:%M"},
            "pictures": "/events/0/photos",
        },
    },
}  # fmt: skip

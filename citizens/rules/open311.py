"""The words of Open311 GeoReport v2, and how they are written as JSON and as XML. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
JSON, XML = "json", "xml"
MIMES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
# What somebody may ask for, and which of the two it is.
ACCEPTED = {
    "application/json": JSON, "text/json": JSON, "text/xml": XML, "application/xml": XML,
    "text/*": XML, "application/*": XML, "*/*": XML,
}  # fmt: skip
# How each of several is called.
ONE_OF = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
    "service_request_updates": "request_update", "endpoints": "endpoint", "formats": "format", "errors": "error",
}  # fmt: skip
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_SPAN = dt.timedelta(days=90)
MOST_IDS, MOST_ROWS, MOST_METRES = 50, 1000, 5000
# A point is told as precisely as about ten metres.
DECIMALS = 4
OPEN, CLOSED = "open", "closed"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
JURISDICTION = re.compile(r"[0-9A-Za-z.-]{1,40}")


def format_of(accept: str) -> str | None:
    """The one that is liked best of what an Accept header names; XML where all are welcome, None where neither is."""
    best, liked = None, 0.0
    for part in accept.split(","):
        mime, *told = (each.strip() for each in part.split(";"))
        found, weight = ACCEPTED.get(mime.lower()), _weight(told)
        if found is not None and weight > liked:
            best, liked = found, weight
    return best if accept.strip() else XML


def _weight(told: Sequence[str]) -> float:
    for each in told:
        if each.startswith("q="):
            try:
                return float(each[2:])
            except ValueError:
                return 0.0
    return 1.0


def written(root: str, told: Any, form: str) -> bytes:
    """``told`` as JSON, or as XML below an element called ``root``."""
    if form == JSON:
        return json.dumps(told, ensure_ascii=False).encode()
    top = ElementTree.Element(root)
    _fill(top, root, told)
    body: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True, short_empty_elements=False)
    return body


def _fill(element: ElementTree.Element, name: str, told: Any) -> None:
    if isinstance(told, Mapping):
        for key, value in told.items():
            _fill(ElementTree.SubElement(element, key), key, value)
    elif isinstance(told, list):
        for each in told:
            _fill(ElementTree.SubElement(element, ONE_OF[name]), ONE_OF[name], each)
    elif isinstance(told, bool):
        element.text = "true" if told else "false"
    elif told is not None:
        element.text = UNWRITABLE.sub("\ufffd", str(told))


def moment_of(text: str) -> dt.datetime:
    """A moment with its zone, as the W3C writes it. Raises ValueError."""
    if not MOMENT.fullmatch(text):
        raise ValueError(text)
    return dt.datetime.fromisoformat(text)


def moment(at: dt.datetime | None) -> str | None:
    """``2026-11-22T10:15:00+08:00``; whoever calls has chosen the zone."""
    return at.isoformat(timespec="seconds") if at is not None else None


def span_of(start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The days that are asked for: the last ninety, or ninety from the one that was given. Raises ValueError."""
    if start is None:
        end = end or now
        return end - LONGEST_SPAN, end
    end = end or min(start + LONGEST_SPAN, max(now, start))
    if not start <= end <= start + LONGEST_SPAN:
        raise ValueError
    return start, end


def coarse(degrees: float | None) -> float | None:
    return round(degrees, DECIMALS) if degrees is not None else None

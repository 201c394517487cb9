"""Whatever is sent, the answer is never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)
VALUES: list[Any] = ["\ud800", "\x00", "a\x00b", float("nan"), 10**30, -1, True, [], {"a": 1}, ["\ud800"], "9" * 400]
QUERIES = (
    "q=%00", "q=%FF", "q='%26|!", "q=%5C", "q=%25_", "street=%00", "created_after=0001-01-01", "limit=99999999999999",
    "created_before=9999-12-31T23:59:59-23:59", "cursor=WzFd", "cursor=WzEsMV0",
    "cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTksbnVsbF0",
)  # fmt: skip


def test_values_that_no_form_would_send(cast: Cast, desk: Desk) -> None:
    client = Door(cast).street_dispatcher
    client.raise_request_exception = False
    number = desk.registered().number

    def status(address: str, body: Any) -> int:
        code: int = client.post(address, json.dumps(body), content_type="application/json").status_code
        return code

    for value in VALUES:
        sent = [
            *((ROOT, REPORT | {name: value}) for name in ("title", "lon", "category", "external_ref", "source")),
            (url(number, "comment"), {"comment": value}),
            (url(number, "comment"), {"comment": "好", "version": value}),
            (url(number, "dispatch"), {"lead": value, "assists": value}),
            (url(number, "merge"), {"master": value}),
            (url(number, "extend"), {"reason": "雨", "workdays": value, "hours": value}),
            (url(number, "shelve"), {"reason": "雨", "review_on": value}),
            (f"{ROOT}batch/verify/", {"numbers": [value], "comment": value}),
            (url(number, "comment"), value),
        ]
        assert [(address, value) for address, body in sent if status(address, body) >= 500] == []


def test_addresses_that_no_page_would_open(cast: Cast, desk: Desk) -> None:
    client = Door(cast).street_dispatcher
    client.raise_request_exception = False
    number = desk.report().number
    for query in QUERIES:
        for address in (ROOT, f"{ROOT}counts/"):
            assert client.get(f"{address}?{query}").status_code in (200, 400), query
    for strange in ("%00", "%FF", "x" * 500, "%ED%A0%80"):
        assert client.get(f"{ROOT}{strange}/").status_code in (400, 404), strange
    assert client.get(url(number, "events") + "?after=99999999999999999999").status_code == 400
    assert client.post(url(number, "assignments", 10**25, "acknowledge"), {}).status_code == 404
    assert client.post(url(number, "requests", 10**25, "approve"), {}).status_code == 404

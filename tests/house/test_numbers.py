"""A number that is none, or longer than any, is told so or passed over: it breaks no page."""

from __future__ import annotations

import pytest
from django.test import Client

from lianqin.kernel.numbers import whole
from tests.cast import Cast

LONG = "9" * 5000


@pytest.mark.parametrize(
    ("text", "digits", "read"),
    [
        ("0", 18, 0),
        ("007", 18, 7),
        ("999999999999999999", 18, 999_999_999_999_999_999),
        ("1000000000000000000", 18, None),
        (LONG, 18, None),
        ("100", 2, None),
        ("", 18, None),
        (None, 18, None),
        ("-1", 18, None),
        ("1.0", 18, None),
        (" 1", 18, None),
        ("\uff11", 18, None),
        ("²", 18, None),
        ("1\x00", 18, None),
    ],
)
def test_whole(text: str | None, digits: int, read: int | None) -> None:
    assert whole(text, digits) == read


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/configuration/admissions/?number={}", 200),
        ("/configuration/admissions/?unit={}", 200),
        ("/api/v1/setup/entrusted/?year={}", 200),
        ("/api/v1/work-orders/?limit={}", 400),
        ("/orders/?page={}", 200),
        ("/notices/?before={}", 200),
        ("/duty/roster/?shift={}", 200),
    ],
)
def test_no_number_breaks_a_page(client: Client, cast: Cast, address: str, status: int) -> None:
    client.force_login(cast.user("commander"))
    for typed in (LONG, "\uff19" * 17, "\x00", "-1"):
        answer = client.get(address.format(typed))
        assert answer.status_code == status, f"{address} {typed[:5]}: {answer.status_code}"

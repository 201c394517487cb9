"""Formats and times of Open311, by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from citizens.rules.open311 import format_of, moment_of, span_of, written

UTC = dt.UTC
NOW = dt.datetime(2026, 11, 22, 8, tzinfo=UTC)


def day(month: int, number: int) -> dt.datetime:
    return dt.datetime(2026, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "xml"),
        ("*/*", "xml"),
        ("application/json", "json"),
        ("text/html, application/json;q=0.9, */*;q=0.1", "json"),
        ("application/xml;q=0.2,application/json;q=0.1", "xml"),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=bad", None),
    ],
)
def test_what_is_liked_best(accept: str, form: str | None) -> None:
    assert format_of(accept) == form


def test_ninety_days_are_asked_for() -> None:
    assert span_of(None, None, NOW) == (NOW - dt.timedelta(days=90), NOW)
    assert span_of(day(10, 1), None, NOW) == (day(10, 1), NOW)
    assert span_of(day(1, 1), None, NOW) == (day(1, 1), day(4, 1))
    assert span_of(None, day(4, 1), NOW) == (day(1, 1), day(4, 1))
    with pytest.raises(ValueError):  # noqa: PT011
        span_of(day(1, 1), day(4, 2), NOW)


def test_moments_have_a_zone() -> None:
    assert moment_of("2026-11-22T16:00:00+08:00") == NOW
    assert moment_of("2026-11-22T08:00Z") == NOW
    for text in ("2026-11-22", "2026-11-22T08:00:00", "2026-13-22T08:00:00Z", "20261122T080000Z", "now"):
        with pytest.raises(ValueError):  # noqa: PT011
            moment_of(text)


def test_both_formats_of_the_same() -> None:
    told = [{"code": 404, "description": "<没有>", "known": False, "more": None}]
    assert written("errors", told, "json").decode() == (
        '[{"code": 404, "description": "<没有>", "known": false, "more": null}]'
    )
    assert written("errors", told, "xml").decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n<errors><error><code>404</code>"
        "<description>&lt;没有&gt;</description><known>false</known><more></more></error></errors>"
    )

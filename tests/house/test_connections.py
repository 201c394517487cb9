"""A kept connection is looked at before it is used, and asked only when there is a reason to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import NotSupportedError, connections
from django.db import connection as default

from lianqin.kernel.postgresql import base


@pytest.fixture
def kept(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A connection of its own that counts how often its health is asked for."""
    wrapper: Any = default.copy("kept")
    wrapper.settings_dict["CONN_MAX_AGE"] = None
    wrapper.settings_dict["CONN_HEALTH_CHECKS"] = True
    monkeypatch.setattr(wrapper, "asked", 0, raising=False)
    is_usable = wrapper.is_usable

    def counted() -> bool:
        wrapper.asked += 1
        return bool(is_usable())

    monkeypatch.setattr(wrapper, "is_usable", counted)
    yield wrapper
    wrapper.close()


def request(wrapper: Any) -> int:
    """What a request does with its connection: the process that answered."""
    wrapper.close_if_unusable_or_obsolete()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    wrapper.close_if_unusable_or_obsolete()
    return pid


def test_a_busy_connection_is_not_asked(kept: Any) -> None:
    assert len({request(kept) for _ in range(5)}) == 1
    assert kept.asked == 0


def test_one_that_was_ended_is_opened_anew_and_no_request_fails(kept: Any) -> None:
    first = request(kept)
    with psycopg.connect(**{**kept.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [first]).fetchone() == (True,)
    second = request(kept)
    assert second != first
    assert kept.asked == 1
    assert request(kept) == second


def test_one_that_is_known_to_be_broken_is_opened_anew(kept: Any) -> None:
    first = request(kept)
    kept.connection.pgconn.finish()
    kept.health_check_done = False
    assert request(kept) != first


def test_plans_that_no_longer_fit_the_tables_go_with_their_connection(kept: Any) -> None:
    """A migration changes a column while we run: one request fails, not all of them until the process ends."""
    kept.ensure_connection()
    kept.connection.prepare_threshold = 0

    def read() -> Any:
        kept.close_if_unusable_or_obsolete()
        kept.ensure_connection()
        with kept.make_cursor(psycopg.Cursor(kept.connection)) as cursor:
            cursor.execute("SELECT value FROM connections_changed")
            return cursor.fetchone()[0]

    with psycopg.connect(**{**kept.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        other.autocommit = True
        other.execute("CREATE TABLE connections_changed AS SELECT 1 AS value")
        try:
            assert [read(), read()] == [1, 1]
            other.execute("ALTER TABLE connections_changed ALTER COLUMN value TYPE text")
            with pytest.raises(NotSupportedError, match="cached plan must not change result type"):
                read()
            assert [read(), read()] == ["1", "1"]
        finally:
            other.execute("DROP TABLE connections_changed")


def test_one_that_was_silent_for_long_is_asked(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = request(kept)
    monkeypatch.setattr(base, "SILENT_SECONDS", -1.0)
    assert request(kept) == first
    assert kept.asked == 1


def test_the_platform_uses_it() -> None:
    assert isinstance(connections["default"], base.DatabaseWrapper)


def test_the_log_knows_statements_that_are_prepared(kept: Any) -> None:
    kept.force_debug_cursor = True
    kept.ensure_connection()
    kept.connection.prepare_threshold = 2
    for _ in range(5):
        kept.make_debug_cursor(psycopg.Cursor(kept.connection)).execute("SELECT 'seen' WHERE %s", [True])
    assert ["SELECT 'seen'" in entry["sql"] for entry in kept.queries] == [True] * 5

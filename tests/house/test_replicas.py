"""What may lag is read from a replica, nothing is ever written there, and nobody misses their own write."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, router, transaction
from django.test import Client
from redis.exceptions import ConnectionError as BrokerAway

from catalogue import calendars, revisions
from catalogue.models import WorkCalendar
from catalogue.selectors import category_tree
from grids.ground import ground
from lianqin import environment
from lianqin.kernel import replicas
from relay.health import facts
from tests.cast import Cast, SmallGround
from tests.live import Platform
from tests.memory import forget
from tests.workorders.api import ROOT, Door, url
from tests.workorders.conftest import HERE
from workorders.models import SweepRecord, WorkOrder
from workorders.services.sweep import record_sweep

REPORT = {"title": "店外经营占道", "source": "hotline_12345", "lon": HERE[0], "lat": HERE[1]}
pytestmark = pytest.mark.service


class Watched:
    """A second connection to the platform's database as its replica: what it was asked, and a refusal of all writes."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = ""

    def __call__(self, execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        head = statement.lstrip(" (").split(None, 1)[0].upper()
        assert head in ("SELECT", "WITH", "SET"), f"a write reached the replica: {statement}"
        assert "FOR UPDATE" not in statement
        if "sweeprecord" not in statement:
            self.asked.append(statement)
            if self.broken:
                return execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", None, *rest[1:])
        return execute(statement, *rest)

    def told(self) -> bool:
        """Was anything read here since the last time?"""
        asked, self.asked = self.asked, []
        return bool(asked)


@contextmanager
def second(alias: str, url_: str) -> Iterator[None]:
    connections.databases[alias] = connections.configure_settings(
        {"default": connections.databases["default"], alias: environment.replica(url_)}
    )[alias]
    try:
        yield
    finally:
        connections[alias].close()
        del connections.databases[alias]
        del connections[alias]
        replicas.forget()


@pytest.fixture
def replica(platform: Platform, settings: Any) -> Iterator[Watched]:
    forget()
    settings.DATABASE_ROUTERS = ["lianqin.kernel.replicas.Router"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "accounts.middleware.OwnWritesMiddleware"]
    record_sweep()
    watched = Watched()
    with second("replica1", platform.environment["DATABASE_URL"]), connections["replica1"].execute_wrapper(watched):
        replicas.forget()
        yield watched


@pytest.fixture
def door(replica: Watched, django_db_blocker: Any) -> Iterator[Door]:
    with django_db_blocker.unblock():
        SmallGround()
        yield Door(Cast())


def test_lists_are_read_from_the_replica_and_changes_are_not(replica: Watched, door: Door) -> None:
    reader, writer = door.street_dispatcher2, door.street_dispatcher
    made = writer.post(ROOT, REPORT, headers={"Idempotency-Key": "a"})
    number = made.json()["number"]
    assert (made.status_code, replica.told()) == (201, False)
    for path in (ROOT, f"{ROOT}counts/", url(number, "events")):
        assert reader.get(path).status_code == 200
        assert replica.told(), path
    for path in (url(number), url(number, "actions")):
        assert reader.get(path).status_code == 200
        assert not replica.told(), path
    assert reader.get(ROOT).json()["results"][0]["number"] == number


def test_who_wrote_reads_the_primary_for_a_while(replica: Watched, door: Door, settings: Any) -> None:
    door.street_dispatcher.post(ROOT, REPORT, headers={"Idempotency-Key": "b"})
    replica.told()
    door.street_dispatcher.get(ROOT)
    assert not replica.told()
    door.street_dispatcher2.get(ROOT)
    assert replica.told()
    forget()  # As if the seconds had passed.
    door.street_dispatcher.get(ROOT)
    assert replica.told()


def test_the_mark_lasts_longer_than_any_replica_in_use_can_lag(replica: Watched, monkeypatch: Any) -> None:
    kept: list[float] = []
    monkeypatch.setattr(cache, "set", lambda key, value, seconds: kept.append(seconds))
    replicas.note_write(7)
    assert kept == [12.0]  # Ten seconds of lag, looked at within the last one.
    assert django_settings.LIANQIN_REPLICA_LAG_SECONDS + replicas.LOOK_SECONDS == 11.0


def test_pages_lag_but_what_a_live_page_fetches_does_not(replica: Watched, door: Door, client: Client) -> None:
    client.force_login(Cast().user("street_dispatcher"), "django.contrib.auth.backends.ModelBackend")
    replica.told()
    for headers, lagging in (({}, True), ({"X-Fragment": "1"}, False), ({"Cache-Control": "no-cache"}, False)):
        assert client.get("/orders/", headers=headers).status_code == 200
        assert replica.told() is lagging, headers
    # The screens' own fetches follow an event.
    assert client.get(ROOT).status_code == 200
    assert not replica.told()


def test_never_inside_a_transaction_and_never_by_itself(replica: Watched, door: Door) -> None:
    replica.told()
    assert router.db_for_read(WorkOrder) == "default"

    def inside() -> tuple[str, str]:
        outside = router.db_for_read(WorkOrder)
        with transaction.atomic():
            return outside, router.db_for_read(WorkOrder)

    request = Client().get("/livez").wsgi_request
    assert replicas.read_lagging(inside, request=request, user_id=7) == ("replica1", "default")
    assert (router.db_for_write(WorkOrder), router.allow_migrate("replica1", "workorders")) == ("default", False)


def test_what_a_process_remembers_is_never_read_from_a_replica(replica: Watched, door: Door) -> None:
    """A calendar that was published a moment ago may not have arrived there."""
    known: Any = {"known_from": dt.date(2026, 1, 1), "known_until": dt.date(2026, 12, 31)}
    WorkCalendar.objects.create(version=2026, name="新日历", slots=[["09:00", "17:00"]], **known)
    revisions.touch()
    replica.told()

    def remembered() -> int:
        ground().district_ids, category_tree()
        return calendars.current().version

    request = Client().get("/livez").wsgi_request
    try:
        assert replicas.read_lagging(remembered, request=request, user_id=7) == 2026
        assert not replica.told()
    finally:
        revisions.forget()


def test_what_came_from_a_replica_is_saved_to_the_primary(replica: Watched, door: Door) -> None:
    request = Client().get("/livez").wsgi_request
    user = replicas.read_lagging(lambda: type(Cast().user("handler")).objects.get(username="handler"),
                                 request=request, user_id=7)  # fmt: skip
    assert user._state.db == "replica1"
    replica.told()
    user.full_name = "新名"
    user.save()
    user.refresh_from_db()
    assert list(user.memberships.all()) is not None
    assert not replica.told()


def test_a_replica_that_lags_or_is_away_is_left_alone(replica: Watched, door: Door) -> None:
    reader = door.street_dispatcher2

    def is_read() -> bool:
        replicas.forget()
        replica.told()
        assert reader.get(ROOT).status_code == 200
        return replica.told()

    assert is_read()
    assert facts()["replicas"].ok
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workorders_sweeprecord SET last_at = clock_timestamp() - interval '11 s' WHERE id = 1")
    assert not is_read()
    assert (facts()["replicas"].ok, facts()["replicas"].note) == (False, "not in use: replica1")
    SweepRecord.objects.all().delete()  # Nobody beats the heart: nobody knows.
    assert not is_read()
    record_sweep()
    assert is_read()
    # It goes away in the middle of a request.
    replica.broken = "yes"
    assert is_read()
    replica.broken, replica.asked = "", []
    assert reader.get(ROOT).status_code == 200
    assert not replica.told()  # Left alone for ten seconds.


def test_without_the_cache_nothing_lags(replica: Watched, door: Door, monkeypatch: Any) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise BrokerAway

    reader = door.street_dispatcher2
    monkeypatch.setattr(cache, "get", away)
    monkeypatch.setattr(cache, "set", away)
    replica.told()
    assert reader.get(ROOT).status_code == 200
    assert not replica.told()
    assert door.street_dispatcher.post(ROOT, REPORT, headers={"Idempotency-Key": "c"}).status_code == 201


def test_a_replica_refuses_writes_by_itself(replica: Watched) -> None:
    with pytest.raises(DatabaseError, match="read-only"), connections["replica1"].cursor() as cursor:
        cursor.execute("WITH gone AS (DELETE FROM workorders_alarm RETURNING 1) SELECT * FROM gone")


def test_a_dead_address_costs_seconds_not_the_answer(replica: Watched, door: Door) -> None:
    with second("replica2", "postgres://nobody@127.0.0.1:1/nothing"):
        replicas.forget()
        began = time.monotonic()
        assert door.street_dispatcher2.get(ROOT).status_code == 200
        assert time.monotonic() - began < 5
        assert [each.alias for each in replicas.replicas() if each.is_fit] == ["replica1"]

"""The event stream through a real server, with a real relay beside it."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from lianqin.local.processes import wait_until
from relay import tickets
from relay.models import LogState
from relay.rules import STREAM_CHANNEL
from tests.relay.streams import Listener, Server, numbered, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


def test_replay_then_live_without_loss_or_repeat(server: Server, relay: None) -> None:
    numbered(50)
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            say("live")
        connection.close()

    writer = threading.Thread(target=go_on)
    writer.start()
    listeners = [Listener(server.url({"s:1"}, after=10)) for _ in range(6)]
    time.sleep(1)
    stop.set()
    writer.join()
    time.sleep(0.5)
    last = LogState.objects.get().last_sequence
    assert last > 60
    for listener in listeners:
        assert listener.wait(count=last - 10) == list(range(11, last + 1))


def test_only_the_audience_hears(server: Server, relay: None) -> None:
    mine, other = Listener(server.url({"s:1", "u:3"})), Listener(server.url({"s:2"}))
    mine.wait("ready")
    other.wait("ready")
    say("for u3", ("s:9", "u:3"))
    say("for nobody here", ("s:9",))
    say("for s2", ("s:2",))
    mine.wait()
    other.wait()
    assert [data for name, _, data in mine.events if name == "order"] == [{"number": "for u3"}]
    assert [data for name, _, data in other.events if name == "order"] == [{"number": "for s2"}]
    late = Listener(server.url({"s:2"}, after=0))
    late.wait("ready")
    assert late.ids() == [3]


def test_a_bad_ticket_is_401(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port}/events"
    for ticket in ("", "forged", tickets.issue(user_id=7, tokens=["s:1"], seconds=-1)):
        response = httpx.get(url, params={"ticket": ticket})
        assert response.status_code == 401
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == "bad_ticket"
        assert "access-control-allow-origin" not in response.headers


def test_the_stream_ends_with_its_ticket(server: Server) -> None:
    listener = Listener(server.url({"s:1"}, seconds=1))
    listener.wait("ready")
    assert listener.ended.wait(3)


def test_too_far_behind_or_ahead_is_told_to_reload(server: Server) -> None:
    numbered(3)
    ahead = Listener(server.url({"s:1"}, after=99))
    assert ahead.wait("reset") == [3]
    LogState.objects.update(purged_sequence=2)
    behind = Listener(server.url({"s:1"}, after=1))
    assert behind.wait("reset") == [3]
    level = Listener(server.url({"s:1"}, after=2))
    assert level.wait() == [3]
    assert level.ids("reset") == []


def test_the_ninth_stream_of_a_user_is_refused(server: Server) -> None:
    open_ones = [Listener(server.url({"s:1"})) for _ in range(8)]
    for listener in open_ones:
        listener.wait("ready")
    assert httpx.get(server.url({"s:1"})).status_code == 429


def test_redis_flushed_and_connections_cut_lose_nothing(server: Server, relay: None) -> None:
    listener = Listener(server.url({"s:1"}))
    listener.wait("ready")
    redis = Redis.from_url(settings.REDIS_URL)
    for round_ in range(6):
        for number in range(10):
            say(f"{round_}-{number}")
        redis.flushdb()
        name = redis.connection_pool.connection_kwargs.get("db", 0)
        for client in redis.client_list():
            if int(client["db"]) == name and int(client["sub"]):
                redis.client_kill(client["addr"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert listener.wait(count=60) == list(range(1, 61))


def test_a_beat_tells_how_far_the_log_is(server: Server, relay: None) -> None:
    listener = Listener(server.url({"s:1"}))
    listener.wait("ready")
    say("not for s1", ("s:2",))
    assert wait_until(lambda: listener.ids("beat")[-1:] == [1], 10)
    assert listener.ids() == []


def test_another_database_on_the_same_redis_is_not_heard(server: Server, relay: None) -> None:
    """Channels of Redis are common to all its numbered databases: each log has channels of its own."""
    listener = Listener(server.url({"s:1"}))
    listener.wait("ready")
    stranger = json.dumps({"sequence": 77, "topic": "order.test", "payload": {"number": "x"}, "audience": ["s:1"]})
    with Redis.from_url(settings.REDIS_URL) as redis:
        for name in (STREAM_CHANNEL, f"{STREAM_CHANNEL}:another"):
            redis.publish(name, stranger)
    say("mine")
    assert listener.wait() == [1]
    assert listener.ids("reset") == []

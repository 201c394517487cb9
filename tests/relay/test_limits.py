"""Who is slow, who is far behind, and who may listen at all."""

from __future__ import annotations

import re
import socket
import time
from urllib.parse import urlsplit

import pytest
from django.test import Client
from rest_framework.test import APIClient

from lianqin.local.processes import wait_until
from relay import tickets
from tests.cast import Cast
from tests.relay.streams import Listener, Server, numbered, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]
TICKET = "/api/v1/stream/ticket/"


def test_a_ticket_says_whose_it_is_and_opens_the_stream(server: Server, relay: None, cast: Cast) -> None:
    client = APIClient()
    client.force_authenticate(cast.user("street_dispatcher"))
    answer = client.post(TICKET)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    user = cast.user("street_dispatcher").pk
    street = next(iter(cast.street_dispatcher.tokens("view_orders")))
    body = answer.json()
    assert (body["user"], body["expires_in"], body["sequence"]) == (user, 600, 0)
    ticket = tickets.read(body["ticket"])
    assert ticket is not None
    assert ticket.tokens == {street, f"p:{user}"}

    listener = Listener(f"http://127.0.0.1:{server.port}/events?ticket={body['ticket']}&after={body['sequence']}")
    listener.wait("ready")
    say("for the street", (street,))
    say("for another", ("s:0",))
    say("for the person", (f"p:{user}",))
    listener.wait(count=2)
    assert [data for name, _, data in listener.events if name == "order"] == [
        {"number": "for the street"},
        {"number": "for the person"},
    ]


def test_no_ticket_without_a_session_of_our_own_pages(cast: Cast) -> None:
    assert APIClient().post(TICKET).status_code == 401
    page = Client(enforce_csrf_checks=True)
    page.force_login(cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    refused = page.post(TICKET)
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_failed"
    assert page.get(TICKET).status_code == 405


def test_who_is_too_far_behind_reloads(relay: None) -> None:
    server = Server(replay_limit=5)
    try:
        numbered(10)
        behind, just = Listener(server.url({"s:1"}, after=4)), Listener(server.url({"s:1"}, after=5))
        assert behind.wait("reset") == [10]
        assert behind.ids() == []
        assert just.wait(count=5) == [6, 7, 8, 9, 10]
        assert just.ids("reset") == []
    finally:
        server.stop()


def test_a_listener_that_does_not_read_is_let_go_and_catches_up(relay: None) -> None:
    server = Server(queue_limit=20)
    try:
        slow = silent_client(server.url({"s:1"}, after=0))
        quick = Listener(server.url({"s:1"}, after=0))
        quick.wait("ready")
        hub = server.stream._hub
        assert hub is not None
        assert wait_until(lambda: len(hub.listeners) == 2, 5)
        # More than the buffers of both systems hold.
        for number in range(150):
            say(str(number), text="x" * 60_000)
        assert wait_until(lambda: len(hub.listeners) == 1, 20), "the slow one must not be kept"
        assert quick.wait(count=150) == list(range(1, 151))
        got = [int(found) for found in re.findall(rb"id: (\d+)\nevent: order\n", read_all(slow))]
        assert got == list(range(1, len(got) + 1))
        assert len(got) < 150
        # Its last frame may be cut; what counts is what it has whole.
        again = Listener(server.url({"s:1"}, after=len(got) - 1))
        assert again.wait(count=150 - len(got) + 1) == list(range(len(got), 151))
    finally:
        server.stop()


def silent_client(url: str) -> socket.socket:
    """Ask for the stream and read nothing."""
    parts = urlsplit(url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((parts.hostname, parts.port))
    client.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return client


def read_all(client: socket.socket) -> bytes:
    client.settimeout(5)
    parts: list[bytes] = []
    end = time.monotonic() + 20
    try:
        while time.monotonic() < end and (part := client.recv(1 << 20)):
            parts.append(part)
    except (TimeoutError, ConnectionError):
        pass
    finally:
        client.close()
    return b"".join(parts)

"""Many people at once, each with their own connection to PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from grids.models import Membership
from grids.services import write_grants
from tests.cast import SINCE, Cast, SmallGround
from tests.workorders.api import REPORT, ROOT, url
from tests.workorders.conftest import Desk
from tests.workorders.test_loop import proven
from workorders.models import Event, WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 50


def dispatchers(ground: SmallGround, count: int) -> list[APIClient]:
    """People of one sub-centre, signed in."""
    names = [f"crowd{n}" for n in range(count)]
    User.objects.bulk_create(User(username=name, full_name=name, password="!") for name in names)
    users = list(User.objects.filter(username__in=names))
    posts = [Membership(user=user, role="street_dispatcher", unit=ground.sub_center, starts_on=SINCE) for user in users]
    Membership.objects.bulk_create(posts)
    write_grants(posts)
    return [signed(user) for user in users]


def signed(user: User) -> APIClient:
    _record, token = AuthToken.objects.create(user=user)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread of its own, all from the same moment."""
    gate, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(index: int, job: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            answers[index] = job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=100)
    return answers


def test_fifty_dispatchers_one_wins(desk: Desk, small_ground: SmallGround) -> None:
    order = desk.registered()
    crowd = dispatchers(small_ground, CROWD)
    squads = [small_ground.urban_squad.code, small_ground.market_squad.code]
    version = WorkOrder.objects.get(pk=order.pk).version

    def job(client: APIClient, squad: str) -> Callable[[], Any]:
        return lambda: client.post(url(order.number, "dispatch"), {"lead": squad, "version": version})

    answers = at_once([job(client, squads[n % 2]) for n, client in enumerate(crowd)])

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {body["code"] for body in lost} == {"stale_version"}
    assert {body["current"]["status"] for body in lost} == {"dispatched"}
    assert {tuple(event["kind"] for event in body["since"]) for body in lost} == {("dispatch",)}
    assert desk.events(order) == ["report", "register", "dispatch"]
    order.refresh_from_db()
    assert order.assignments.count() == 1
    assert proven(order)


def test_fifty_do_different_things_and_nothing_breaks(desk: Desk, small_ground: SmallGround) -> None:
    """Without a version the state alone decides: what no longer fits is a 409, and never a fault of ours."""
    order = desk.registered()
    crowd = dispatchers(small_ground, CROWD)
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("dispatch", {"lead": small_ground.urban_squad.code}),
        ("escalate", {"reason": "力量不足"}),
        ("shelve", {"reason": "等待施工", "review_on": "2027-01-10"}),
        ("void", {"reason": "重复"}),
        ("comment", {"comment": "已联系"}),
    ]

    def job(client: APIClient, verb: str, data: dict[str, Any]) -> Callable[[], Any]:
        return lambda: client.post(url(order.number, verb), data)

    answers = at_once([job(client, *wishes[n % len(wishes)]) for n, client in enumerate(crowd)])

    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {200, 403, 409}, [a.content.decode() for a in answers if a.status_code not in (200, 403, 409)]
    kinds = Counter(desk.events(order))
    assert kinds["comment"] == 10
    assert kinds["escalate"] <= 1
    assert kinds["dispatch"] <= 1
    assert sum(kinds.values()) == 2 + codes[200]
    order.refresh_from_db()
    assert proven(order)


def test_one_reference_sent_at_once_is_one_order(desk: Desk, cast: Cast) -> None:
    told = REPORT | {"external_ref": "12345-race"}
    clients = [signed(cast.user("source")) for _ in range(10)]
    answers = at_once([lambda client=client: client.post(ROOT, told) for client in clients])  # type: ignore[misc]

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 9}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert WorkOrder.objects.filter(external_ref="12345-race").count() == 1
    assert Event.objects.count() == 1


def test_one_key_sent_at_once_has_one_effect(desk: Desk, cast: Cast) -> None:
    clients = [signed(cast.user("street_dispatcher")) for _ in range(10)]
    key = {"Idempotency-Key": "the-same"}
    answers = at_once([lambda client=client: client.post(ROOT, REPORT, headers=key) for client in clients])  # type: ignore[misc]

    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert WorkOrder.objects.count() == 1

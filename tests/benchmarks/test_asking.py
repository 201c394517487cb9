"""The lists that are measured: every filter of the API, alone and with every other, each beside its own SQL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from benchmarks.measure.asking import Values, askers
from benchmarks.measure.inside import get, get_watched
from benchmarks.measure.signin import session, tokens
from catalogue import revisions
from catalogue.models import Category
from lianqin.local.processes import PlainError
from tests.cast import Cast
from workorders import services
from workorders.api import filters
from workorders.models import WorkOrder

LIST = "/api/v1/work-orders/"


@pytest.fixture(autouse=True)
def _connection_kept() -> Iterator[None]:
    """The end of a request must not end the test's transaction; Django's own test client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    revisions.forget()
    yield
    revisions.forget()


@pytest.fixture
def order(cast: Cast) -> WorkOrder:
    parent = Category.objects.create(code="T", name="试验类", level=1)
    Category.objects.create(code="T01", name="普通事项", level=2, parent=parent, street_function="urban_management")
    told = {"title": "店外经营占道", "category": "T01", "lon": 118.605, "lat": 32.055}
    return services.report(by=cast.citizen, data=told)[0]


def test_every_filter_is_asked_alone_and_with_every_other(order: WorkOrder) -> None:
    dispatcher = askers()[0]
    assert dispatcher.kind == "street_dispatcher"
    asked = list(Values(dispatcher, ["占道"], random.Random(1)).questions(1))
    names = {frozenset(name for name, _ in parse_qsl(question)) for question in asked}
    known = sorted({each.name for each in filters.PARAMETERS})
    assert len(known) == 15
    assert "" in asked
    missing = [one for one in known if frozenset((one,)) not in names]
    missing += [f"{one}+{two}" for one in known for two in known if one < two and frozenset((one, two)) not in names]
    assert missing == []


def test_a_new_filter_must_be_given_values(order: WorkOrder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "PARAMETERS", [*filters.PARAMETERS, type(filters.PARAMETERS[0])("mood", str)])
    with pytest.raises(PlainError, match="mood"):
        Values(askers()[0], ["占道"], random.Random(1))


def test_a_watched_request_tells_the_statements_about_orders_only(order: WorkOrder) -> None:
    dispatcher = askers()[0]
    with tokens([dispatcher.user]) as signed:
        answer, asked = get_watched(f"{LIST}{order.number}/", signed[dispatcher.user.pk])
        assert order.number.encode() in answer.body
        assert len(asked.statements) > len(asked.of_orders) >= 1
        assert not any("knox_authtoken" in each.sql for each in asked.of_orders)
    with pytest.raises(PlainError, match="401"):
        get(LIST, signed[dispatcher.user.pk])


def test_a_statement_is_known_by_how_its_parameters_travel(order: WorkOrder) -> None:
    dispatcher = askers()[0]
    with tokens([dispatcher.user]) as signed:
        _, asked = get_watched(f"{LIST}{order.number}/", signed[dispatcher.user.pk])
    assert {each.prepared for each in asked.statements} >= {True}


def test_a_session_opens_the_pages_and_is_taken_back(order: WorkOrder) -> None:
    dispatcher = askers()[0]
    with session(dispatcher.user) as headers:
        assert order.number.encode() in get("/orders/?q=占道", headers).body
    with pytest.raises(PlainError, match="302"):
        get("/orders/", headers)

"""The desk's page of readers, and what stands beside a report that waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from citizens.models import TextModel
from citizens.services.reading import forget_readers
from citizens.services.reading_training import train
from relay.services import drain
from tests.citizens.test_reading import WORDS
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

PAGE = "/citizen-desk/reading/"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget_readers()
    yield
    forget_readers()


@pytest.fixture
def trained(desk: Desk) -> TextModel:
    for at in range(60):
        for code, words in WORDS.items():
            desk.report(title=words[at % 4], category=code)
    WorkOrder.objects.update(registered_at="2026-11-01T00:00:00Z")
    return train(kind="category")


def page_of(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_two_persons_bring_a_version_into_use_on_the_page(trained: TextModel, desk: Desk) -> None:
    commander, dispatcher = page_of(desk, "commander"), page_of(desk, "district_dispatcher")
    empty = commander.get(PAGE).content.decode()
    assert "还没有启用的版本" in empty
    assert "提请启用" in empty
    commander.post(PAGE, {"action": "propose", "model": trained.pk})
    assert 'value="approve"' not in commander.get(PAGE).content.decode(), "not by oneself"
    refused = commander.post(PAGE, {"action": "approve", "model": trained.pk}, follow=True).content.decode()
    assert "另一人" in refused
    dispatcher.post(PAGE, {"action": "approve", "model": trained.pk})
    trained.refresh_from_db()
    assert trained.state == "active"
    shown = dispatcher.get(PAGE).content.decode()
    assert "普通事项" in shown
    assert 'class="heat-5 heat-right">12<' in shown, "twelve of twelve held out were read rightly"


def test_numbers_without_end_are_no_versions(desk: Desk) -> None:
    for model in ("9" * 5000, "9" * 18, "x"):
        assert page_of(desk, "commander").post(PAGE, {"action": "propose", "model": model}).status_code == 302


def test_a_training_is_asked_for_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[bool] = []
    monkeypatch.setattr("citizens.views.reading.teach_readers.delay", lambda: woken.append(True))
    client = page_of(desk, "sysadmin")
    assert "排队中" in client.post(PAGE, {"action": "train"}, follow=True).content.decode()
    assert "已有一次训练在进行" in client.post(PAGE, {"action": "train"}, follow=True).content.decode()
    assert woken == [True]


def test_the_page_is_not_for_everybody(desk: Desk) -> None:
    assert page_of(desk, "handler").get(PAGE).status_code == 403
    assert page_of(desk, "handler").post(PAGE, {"action": "train"}).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_beside_a_report_stand_what_its_words_tell_and_its_twin(trained: TextModel, desk: Desk) -> None:
    TextModel.objects.update(state="active", automatic=True)
    order = desk.report(title="桥头路灯不亮", category="")
    twin = desk.report(title="桥头的路灯不亮了", category="T02", source="citizen")
    drain()
    shown = page_of(desk, "street_dispatcher").get(f"/orders/{order.number}/").content.decode()
    assert "从文字看" in shown
    told = shown[shown.index("文中写到") : shown.index("可能是同一件事")]
    assert ("路灯" in told, re.search(r"(?<!\d)0%", told)) == (True, None)
    assert "可能是同一件事" in shown
    assert f'data-fill="master" data-value="{twin.number}"' in shown
    # Distance and number are at the end of the line: it may wrap, and is never cut.
    assert '<span class="row-about">文字相似' in shown
    assert f'相距 0 米 · <span class="mono">{twin.number}</span>' in shown
    assert 'data-open-dialog="form-register" data-fill="category" data-value="T01"' in shown
    assert "从文字看" not in page_of(desk, "grid_worker").get(f"/orders/{order.number}/").content.decode()
    # Who sees the panel but may not register this order is offered no button without a form behind it.
    watched = page_of(desk, "commander").get(f"/orders/{order.number}/").content.decode()
    assert "从文字看" in watched
    assert 'id="form-register"' not in watched
    assert 'data-open-dialog="form-register"' not in watched

"""Readers of this platform's own orders: taught, brought into use by two, asked, corrected, forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from citizens.models import OrderSignature, ReadingState, ReadSuggestion, TextModel
from citizens.selectors.reading import Use, split, uses
from citizens.services import reading_places
from citizens.services.reading import forget_readers, suggest
from citizens.services.reading_training import ask_for_training, run_training, train
from citizens.services.reading_twins import twins_of
from citizens.services.reading_versions import approve_model, propose_model, retire_model
from lianqin.kernel import clock
from lianqin.kernel.errors import Conflict, NotAllowed
from relay.services import drain
from tests.workorders.conftest import HERE, NEXT_GRID, OTHER_STREET, Desk
from workorders.models import WorkOrder
from workorders.services.erasure import erase_texts

SUGGEST = "/api/v1/citizen/reading/suggest/"
WORDS = {
    "T01": ("路灯不亮", "路灯坏了很黑", "路灯不亮看不清", "路灯坏了不亮"),
    "T02": ("垃圾没人清", "垃圾很臭没人清", "垃圾堆了没人管", "垃圾很臭"),
}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget_readers()
    reading_places.forget_places()
    yield
    forget_readers()


@pytest.fixture
def taught(desk: Desk) -> Desk:
    """Two matters with 60 registered orders each, told in turn."""
    for at in range(60):
        for code, words in WORDS.items():
            desk.report(title=f"{words[at % 4]}", category=code)
    WorkOrder.objects.update(registered_at="2026-11-01T00:00:00Z")
    return desk


def brought_into_use(desk: Desk) -> TextModel:
    model = train(kind="category")
    propose_model(model_id=model.pk, by=desk.cast.sysadmin)
    return approve_model(model_id=model.pk, by=desk.cast.commander)


def test_two_persons_bring_a_version_into_use(taught: Desk) -> None:
    first = train(kind="category")
    assert (first.version, first.state, first.trained_on["texts"]) == (1, ReadingState.DRAFT, 120)
    assert first.scores["macro_f1"] == 1.0
    with pytest.raises(NotAllowed):
        propose_model(model_id=first.pk, by=taught.cast.handler)
    propose_model(model_id=first.pk, by=taught.cast.commander)
    with pytest.raises(NotAllowed, match="另一人"):
        approve_model(model_id=first.pk, by=taught.cast.commander)
    assert suggest("路灯不亮") is None, "nothing is in use yet"
    assert approve_model(model_id=first.pk, by=taught.cast.district_dispatcher).state == ReadingState.ACTIVE

    second = train(kind="category")
    assert (second.version, second.state) == (2, ReadingState.DRAFT), "no better than the one in use"
    retire_model(model_id=first.pk, by=taught.cast.commander)
    done = AuditEntry.objects.filter(action__startswith="citizens.reading").order_by("pk")
    assert [each.action for each in done] == [
        "citizens.reading_proposed",
        "citizens.reading_activated",
        "citizens.reading_retired",
    ]


def test_a_better_version_takes_over_by_itself(taught: Desk) -> None:
    first = brought_into_use(taught)
    for at, order in enumerate(WorkOrder.objects.order_by("pk")):
        # Staff finds that all was called by the other's name.
        other = {"T01": "evidence", "T02": "plain"}[order.category.code]  # type: ignore[union-attr]
        WorkOrder.objects.filter(pk=order.pk).update(category=taught.categories[other])
        assert at < 120
    second = train(kind="category")
    first.refresh_from_db()
    assert (second.state, second.automatic, first.state) == (ReadingState.ACTIVE, True, ReadingState.RETIRED)
    assert second.scores["active"]["macro_f1"] == 0.0


def test_the_words_tell_the_matter_and_why(taught: Desk) -> None:
    model = brought_into_use(taught)
    forget_readers()
    found = suggest("桥头路灯不亮")
    assert found is not None
    assert (found.code, found.name, found.is_matter, found.model_id) == ("T01", "普通事项", True, model.pk)
    assert any("路灯" in piece for piece in found.why)
    assert found.percent >= 50
    assert [each.code for each in found.runners_up] == ["T02"]
    assert suggest("") is None


def test_anybody_asks_while_typing_and_nobody_asks_for_ever(taught: Desk, settings: Any) -> None:
    brought_into_use(taught)
    forget_readers()
    anybody = APIClient()
    answer = anybody.post(
        SUGGEST, {"text": "东街南里社区垃圾很臭没人清", "lon": HERE[0], "lat": HERE[1]}, format="json"
    )
    told = answer.json()
    assert answer.status_code == 200
    assert (told["category"]["code"], told["category"]["urgency"]) == ("T02", "normal")
    assert [(each["name"], each["kind"]) for each in told["places"]] == [("东街南里社区", "community")]
    assert answer.cookies == {}
    assert anybody.post(SUGGEST, {"text": "字" * 4001}, format="json").status_code == 400
    settings.LIANQIN_PUBLIC_LIMITS = ["suggest.near=2/2/60"]
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.41")
    answers = [elsewhere.post(SUGGEST, {"text": "路灯"}, format="json").status_code for _each in range(4)]
    assert answers[-1] == 429


def test_who_signed_in_is_told_as_well_and_answers_for_their_own_questions(taught: Desk, settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["suggest.near=1/1/60", *settings.LIANQIN_PUBLIC_LIMITS]
    citizen, nobody = (APIClient(enforce_csrf_checks=True, REMOTE_ADDR="192.0.2.42") for _each in range(2))
    citizen.force_login(taught.cast.user("citizen"))
    asked = [client.post(SUGGEST, {"text": "路灯"}, format="json") for client in (nobody, nobody, citizen, citizen)]
    assert [answer.status_code for answer in asked][1:] == [429, 200, 200]


def test_what_was_suggested_is_kept_and_what_became_of_it_counted(taught: Desk) -> None:
    drain()
    brought_into_use(taught)
    forget_readers()
    right = taught.report(title="路灯不亮了", category="")
    wrong = taught.report(title="路灯坏了", category="")
    taught.report(title="完全另外一回事", category="")
    drain()
    assert set(ReadSuggestion.objects.values_list("order_id", "code")) == {(right.pk, "T01"), (wrong.pk, "T01")}
    for order, code in ((right, "T01"), (wrong, "T03")):
        taught.do(order, "register", taught.cast.street_dispatcher, conditions_confirmed=True, category=code)
    assert uses() == [Use("T01", "普通事项", suggested=2, taken=1, corrected=1)]


def test_what_became_of_suggestions_is_counted_lately_only(taught: Desk) -> None:
    model = brought_into_use(taught)
    (order,) = WorkOrder.objects.order_by("pk")[:1]
    (old,) = WorkOrder.objects.order_by("-pk")[:1]
    ReadSuggestion.objects.create(order=order, model=model, code="T01", confidence=0.9)
    ReadSuggestion.objects.create(order=old, model=model, code="T02", confidence=0.9)
    ReadSuggestion.objects.filter(order=old).update(suggested_at=clock.now() - dt.timedelta(days=31))
    assert [(use.code, use.suggested) for use in uses()] == [("T01", 1)]


def test_of_too_many_texts_the_newest_are_learned(taught: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citizens.selectors.reading.MOST_TEXTS", 50)
    newest = list(WorkOrder.objects.order_by("-pk").values_list("pk", flat=True)[:50])
    found = split(None, None)
    assert found is not None
    assert (found.texts, found.first, found.after) == (50, newest[-1], newest[0] + 1)
    assert (found.tested, found.tuned) == (newest[9], newest[19])


def test_erased_orders_are_not_learned_from_and_their_words_forgotten(taught: Desk) -> None:
    drain()
    order = WorkOrder.objects.order_by("pk").first()
    assert order is not None
    assert OrderSignature.objects.filter(order=order).exists()
    erase_texts(number=order.number, reason="本人要求")
    assert not OrderSignature.objects.filter(order=order).exists()
    assert train(kind="category").trained_on["texts"] == 119


def test_one_training_at_a_time_and_its_progress(taught: Desk) -> None:
    ask_for_training(by=taught.cast.commander)
    with pytest.raises(Conflict):
        ask_for_training(by=taught.cast.sysadmin)
    with pytest.raises(NotAllowed):
        ask_for_training(by=taught.cast.handler)
    done = run_training()
    assert done is not None
    assert done.state == "failed", "all orders are of one urgency"
    assert done.note == "可学习的工单还太少，或只有一种分类"
    assert done.texts_read > 0
    assert run_training() is None


def test_the_command_teaches(taught: Desk) -> None:
    WorkOrder.objects.filter(category=taught.categories["evidence"]).update(urgency="urgent")
    call_command("train_reading", limit=100)
    assert [(each.kind, each.trained_on["texts"]) for each in TextModel.objects.order_by("pk")] == [
        ("category", 100),
        ("urgency", 100),
    ]


def test_twins_of_other_channels_and_categories(desk: Desk) -> None:
    def report(title: str, **more: Any) -> WorkOrder:
        return desk.report(title=title, **more)

    asked = report("小区门口路灯坏了三天", source="citizen")
    alike = report("门口的路灯坏了，三天没修", category="T02", source="hotline_12345")
    report("楼下烧烤摊油烟大")
    report("门口的路灯坏了，三天没修", lon=OTHER_STREET[0], lat=OTHER_STREET[1])
    same_community = report("路灯坏了三天", lon=NEXT_GRID[0], lat=NEXT_GRID[1])
    drain()
    found = twins_of(desk.cast.street_dispatcher, asked)
    assert {each.order.pk for each in found} == {alike.pk, same_community.pk}
    assert all(each.percent >= 36 for each in found)
    assert twins_of(desk.cast.other_handler, asked) == [], "only what one sees"


def test_one_name_of_several_places_gives_the_nearest_first(desk: Desk) -> None:
    for lon, address in (
        (HERE[0], "解放路23号"),
        (HERE[0], "解放路5号"),
        (HERE[0], "解放路7号"),
        (HERE[0], "青年路1号"),
    ):
        desk.report(address=address, lon=lon)
    found = reading_places.places_in("解放路上，青年路也是", near=HERE)
    assert [(each.name, each.kind, each.distance_m) for each in found] == [
        ("解放路", "road", 0),
        ("青年路", "unknown", None),
    ]
    both = reading_places.places_in("南里社区", near=OTHER_STREET)
    assert [each.name for each in both] == ["西街南里社区", "东街南里社区"]

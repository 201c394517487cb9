"""The desk's page of readers, and what is read beside an order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.rules import Urgency
from citizens.models import ReadingState, ReadingTraining, TextModel
from citizens.selectors.reading import Use, told_by, uses
from citizens.services.reading import Choice, Suggestion, suggest
from citizens.services.reading_training import UNDER_WAY
from citizens.services.reading_twins import Twin, twins_of
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.pages.faces import in_words
from workorders.pages.lines import Row
from workorders.pages.queue import row_of
from workorders.registry import Panel, panel
from workorders.states import Status

VERSIONS = 12
HEATS = 5
LEAST_TOLD = 5  # Percent; what is less likely is no help to who chooses.
TONES = {ReadingState.ACTIVE: "ok", ReadingState.PROPOSED: "warn"}


@dataclass(frozen=True, slots=True)
class Cell:
    """``heat``: of the texts of its row, 0 none to HEATS all. ``right``: on the diagonal."""

    number: int
    heat: int
    right: bool


@dataclass(frozen=True, slots=True)
class Version:
    model: TextModel
    tone: str
    percents: dict[str, int]
    beats: int | None
    heads: tuple[str, ...]
    table: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    active: tuple[Version, ...]
    versions: tuple[Version, ...]
    uses: list[Use]
    training: ReadingTraining | None
    under_way: bool


@dataclass(frozen=True, slots=True)
class Alike:
    row: Row
    percent: int
    distance_m: int | None
    apart: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read of a report that waits for registration."""

    suggestion: Suggestion | None
    others: tuple[Choice, ...]
    urgency: str
    twins: tuple[Alike, ...]


def reading_page() -> Reading:
    """Four statements."""
    models = list(TextModel.objects.select_related("proposed_by", "approved_by").order_by("-pk")[:VERSIONS])
    shown = {each.pk for each in models}
    active = TextModel.objects.filter(state=ReadingState.ACTIVE).select_related("proposed_by", "approved_by")
    models += [each for each in active if each.pk not in shown]
    names = dict(Category.objects.values_list("code", "name")) | {str(key): str(name) for key, name in Urgency.choices}
    versions = tuple(_version(model, names) for model in models)
    training = ReadingTraining.objects.select_related("asked_by").order_by("-pk").first()
    return Reading(
        active=tuple(each for each in versions if each.model.state == ReadingState.ACTIVE),
        versions=versions,
        uses=uses(),
        training=training,
        under_way=training is not None and training.state in UNDER_WAY,
    )


def _version(model: TextModel, names: dict[str, str]) -> Version:
    scores: dict[str, Any] = model.scores
    rival = scores.get("active")
    labels = [names.get(label, label) for label in scores["labels"]]
    rows = [
        tuple(_cell(number, sum(row), at == column) for column, number in enumerate(row))
        for at, row in enumerate(scores["confusion"])
    ]
    return Version(
        model=model,
        tone=TONES.get(ReadingState(model.state), "muted"),
        percents={name: round(100 * scores[name]) for name in ("macro_f1", "accuracy", "coverage", "precision")},
        beats=round(100 * rival["macro_f1"]) if rival else None,
        heads=tuple(labels),
        table=tuple(zip(labels, rows, strict=True)),
    )


def _cell(number: int, of: int, right: bool) -> Cell:
    return Cell(number, -(-number * HEATS // of) if of else 0, right)


@panel("reading", place=5)
def beside(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """Only while a report waits for registration, to who may register."""
    if order.status != Status.REPORTED or not actor.tokens("register_orders"):
        return None
    text = told_by(order.text.title, order.text.description)
    found = suggest(text) if order.category_id is None else None
    twins = tuple(_alike(each, now) for each in twins_of(actor, order))
    if found is None and not twins:
        return None
    urgency = str(Urgency(found.urgency).label) if found is not None else ""
    others = tuple(each for each in found.runners_up if each.percent >= LEAST_TOLD) if found is not None else ()
    return Panel("citizens/panels/reading.html", Beside(found, others, urgency, twins))


def _alike(twin: Twin, now: dt.datetime) -> Alike:
    return Alike(row_of(twin.order, now), twin.percent, twin.distance_m, in_words(twin.age_seconds))


def training_note(training: ReadingTraining) -> str:
    """How far it is, in words."""
    if training.state in UNDER_WAY:
        return _("已读 %d 条") % training.texts_read
    return training.note

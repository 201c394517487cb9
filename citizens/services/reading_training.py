"""Learn from the platform's own orders: asked for by a person or the clock, done by a worker."""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import asdict
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import ReadingKind, ReadingState, ReadingTraining, TextModel, TextModelWeights, TrainingState
from citizens.permissions import may_teach
from citizens.rules.reading_model import Reader, packed, unpacked
from citizens.rules.reading_scores import Scores, is_better, scored
from citizens.rules.reading_training import calibrated, taught
from citizens.selectors.reading import Split, Told, names_of_categories, rows, split
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Conflict, NotAllowed
from workorders.rules.months import month_of

log = logging.getLogger(__name__)
LEFT_ALONE = dt.timedelta(seconds=120)
UNDER_WAY = (TrainingState.WAITING, TrainingState.RUNNING)


class TooFewTexts(Exception):
    """There is nothing to learn from yet."""


def ask_for_training(*, by: Actor) -> ReadingTraining:
    """Write down that somebody wants it. Raises NotAllowed, and Conflict while one is under way."""
    if not may_teach(by):
        raise NotAllowed
    with transaction.atomic():
        training = _opened(by.user_id)
        if training is None:
            raise Conflict(_("已有一次训练在进行，请等它完成"), code="training_under_way")
        audit(actor_id=by.user_id, action="citizens.reading_trained", object_label=f"Training {training.pk}")
    return training


def open_training() -> ReadingTraining | None:
    """The clock's own; None while one is under way."""
    return _opened(None)


def _opened(user_id: int | None) -> ReadingTraining | None:
    try:
        with transaction.atomic():
            return ReadingTraining.objects.create(asked_by_id=user_id)
    except IntegrityError:
        return None


def run_training(*, since: dt.date | None = None, limit: int | None = None) -> ReadingTraining | None:
    """Do the training that waits, or that a worker left; None where there is none."""
    waits = Q(state=TrainingState.WAITING) | Q(state=TrainingState.RUNNING, beaten_at__lt=Now() - LEFT_ALONE)
    training = ReadingTraining.objects.filter(waits).order_by("pk").first()
    taken = training and ReadingTraining.objects.filter(waits, pk=training.pk).update(
        state=TrainingState.RUNNING, beaten_at=Now(), texts_read=0
    )
    if training is None or not taken:
        return None

    def told(read: int) -> None:
        ReadingTraining.objects.filter(pk=training.pk).update(texts_read=F("texts_read") + read, beaten_at=Now())

    state, note = TrainingState.DONE, ""
    try:
        made = [train(kind=kind, since=since, limit=limit, told=told) for kind in ReadingKind.values]
        note = "，".join(f"{each.get_kind_display()} v{each.version}" for each in made)
    except TooFewTexts:
        state, note = TrainingState.FAILED, _("可学习的工单还太少，或只有一种分类")
    except SoftTimeLimitExceeded:
        state, note = TrainingState.FAILED, _("训练超时，已停止")
    except Exception:
        log.exception("training %s failed", training.pk)
        state, note = TrainingState.FAILED, _("训练没有成功，已记录原因，请联系系统管理员")
    ReadingTraining.objects.filter(pk=training.pk).update(state=state, note=note[:200], ended_at=Now())
    training.refresh_from_db()
    return training


def train(*, kind: str, since: dt.date | None = None, limit: int | None = None, told: Told | None = None) -> TextModel:
    """Learn a new version. It comes into use by itself only if it beats the active one on the same held-out texts.

    Raises TooFewTexts.
    """
    begun = time.monotonic()
    reader, parts, scores = learned(kind, since, limit, told or _nobody)
    active = TextModel.objects.filter(kind=kind, state=ReadingState.ACTIVE).select_related("weights").first()
    rival = _scores_of(active, kind, parts, told or _nobody) if active is not None else None
    first, last = (_month_of(pk) for pk in (parts.first, parts.after - 1))
    seconds = round(time.monotonic() - begun, 1)
    learned_from = {"texts": parts.texts, "from": first, "to": last, "seconds": seconds}
    with transaction.atomic():
        model = keep_version(kind=kind, reader=reader, scores=scores, learned_from=learned_from, rival=rival)
        if rival is not None and is_better(scores, rival, settings.LIANQIN_READING_PRECISION):
            _take_over(model)
    return model


@transaction.atomic
def keep_version(
    *, kind: str, reader: Reader, scores: Scores, learned_from: dict[str, Any], rival: Scores | None = None
) -> TextModel:
    """Write a reader down as the newest version of its kind; nobody uses it yet."""
    packet, digest = packed(reader)
    told = {"labels": len(reader.labels), "features": asdict(reader.features), "bytes": len(packet)}
    newest = TextModel.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
    model = TextModel.objects.create(
        kind=kind,
        version=newest + 1,
        trained_on=learned_from | told,
        scores=asdict(scores) | {"active": asdict(rival) if rival else None},
        threshold=reader.threshold,
        digest=digest,
    )
    TextModelWeights.objects.create(model=model, packet=packet)
    return model


def learned(kind: str, since: dt.date | None, limit: int | None, told: Told) -> tuple[Reader, Split, Scores]:
    """Teach on the oldest texts, calibrate on later ones, score on the latest. Writes nothing."""
    parts = split(since, limit)
    if parts is None:
        raise TooFewTexts
    names = names_of_categories(parts.first, parts.tuned)
    try:
        reader = taught(rows(kind, parts.first, parts.tuned, names, told))
    except ValueError as error:
        raise TooFewTexts from error
    reader = calibrated(reader, rows(kind, parts.tuned, parts.tested, names, told), settings.LIANQIN_READING_PRECISION)
    return reader, parts, scored(reader, rows(kind, parts.tested, parts.after, names, told)())


def _scores_of(model: TextModel, kind: str, parts: Split, told: Told) -> Scores:
    names = names_of_categories(parts.first, parts.tuned)
    reader = unpacked(bytes(model.weights.packet), model.digest)
    return scored(reader, rows(kind, parts.tested, parts.after, names, told)())


def _take_over(model: TextModel) -> None:
    TextModel.objects.filter(kind=model.kind, state=ReadingState.ACTIVE).update(
        state=ReadingState.RETIRED, retired_at=Now()
    )
    TextModel.objects.filter(pk=model.pk).update(state=ReadingState.ACTIVE, automatic=True, activated_at=Now())
    model.refresh_from_db()
    audit(actor_id=None, action="citizens.reading_activated", object_label=str(model), detail={"automatic": True})


def _month_of(order_id: int) -> str:
    return str(month_of(order_id) or "")


def _nobody(read: int) -> None:
    """Nobody waits for the progress."""

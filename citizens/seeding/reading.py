"""A reader that has learned from made-up reports, for demonstrations: there is no past to learn from yet."""

from __future__ import annotations

import random

from django.conf import settings
from django.db import transaction

from catalogue.models import Category
from citizens.models import ReadingKind, TextModel
from citizens.rules.reading_scores import scored
from citizens.rules.reading_training import Row, calibrated, taught
from citizens.selectors.reading import told_by
from citizens.services.reading_training import keep_version
from citizens.services.reading_versions import approve_model, propose_model
from dispatch.management.traffic.text import report
from lianqin.kernel.actors import Actor

# Of each matter, in three parts: learned from, calibrated on, held out.
LEARNED, CALIBRATED, HELD_OUT = 24, 8, 8
SHORTEST, LONGEST = 3, 16  # Letters.
PLACES = ("东街社区", "新河社区", "码头社区", "桥北社区")


@transaction.atomic
def teach_reader(*, first: Actor, second: Actor) -> int:
    """Teach once, and have two people bring it into use; returns how many versions there are."""
    if not TextModel.objects.exists():
        dice = random.Random(1)
        learn, tune, test = (_texts(each, dice) for each in (LEARNED, CALIBRATED, HELD_OUT))
        reader = calibrated(taught(lambda: learn), lambda: tune, settings.LIANQIN_READING_PRECISION)
        learned_from = {"texts": len(learn) + len(tune) + len(test), "from": "", "to": "", "made_up": True}
        model = keep_version(
            kind=ReadingKind.CATEGORY, reader=reader, scores=scored(reader, test), learned_from=learned_from
        )
        propose_model(model_id=model.pk, by=first)
        approve_model(model_id=model.pk, by=second)
    return TextModel.objects.count()


def _texts(each: int, dice: random.Random) -> list[Row]:
    """So many made-up reports of every matter, in any order, as short and broken as what people type."""
    matters = Category.objects.filter(parent__isnull=False, active=True).order_by("code")
    columns = ("code", "name", "registration_conditions")
    found = []
    for matter in matters.values(*columns):
        for _time in range(each):
            written = report(matter, dice.choice(PLACES), dice)
            found.append((told_by(_piece(written.title, dice), _piece(written.description, dice)), matter["code"]))
    dice.shuffle(found)
    return found


def _piece(text: str, dice: random.Random) -> str:
    """Some letters out of the middle."""
    begin = dice.randrange(max(1, len(text) - SHORTEST))
    return text[begin : begin + dice.randint(SHORTEST, LONGEST)]

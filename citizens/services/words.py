"""Lists of words with four eyes: one writes the next version, another brings it into force."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import decide_draft, submit_draft, withdraw_draft
from citizens.models import WordList
from citizens.permissions import may_moderate
from citizens.rules.words import MOST_WORDS, words_of
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Invalid, NotAllowed

OPEN = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)
LONGEST, FAULTS_SHOWN = 200_000, 5


@transaction.atomic
def draft_words(*, contents: str, by: Actor) -> WordList:
    """Write a list and hand it to the second person; an open one is replaced. Raises NotAllowed, Invalid."""
    _require(by)
    contents = contents.replace("\r\n", "\n").strip()
    words, faults = words_of(contents)
    if faults:
        told = "；".join(faults[:FAULTS_SHOWN])
        wrong = _("这些行没有类别，或者词太短太长：%(told)s") % {"told": told}
        raise Invalid(fields={"contents": [wrong]})
    if not words or len(words) > MOST_WORDS or len(contents) > LONGEST:
        raise Invalid(fields={"contents": [_("词表应有 1 到 %(most)d 个词") % {"most": MOST_WORDS}]})
    for former in WordList.objects.select_for_update().filter(state__in=OPEN):
        withdraw_draft(WordList, former.pk, by=by)
    made = WordList.objects.create(contents=contents, drafted_by_id=by.user_id)
    return submit_draft(WordList, made.pk, by=by, detail={"words": len(words)})


@transaction.atomic
def decide_words(
    *, list_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> WordList:
    """Bring a list into force as the next version, or send it back. Raises SecondPersonNeeded and DraftDecided."""
    _require(by)
    # One after the other: versions are counted.
    list(WordList.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    found = decide_draft(WordList, list_id, by=by, approve=approve, opinion=opinion, seen=seen)
    if approve:
        found.version = (WordList.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        found.save(update_fields=["version"])
    return found


def _require(by: Actor) -> None:
    if not may_moderate(by):
        raise NotAllowed

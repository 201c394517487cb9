"""Nothing that may hurt stays in public until somebody has looked; nothing is refused for its words."""

from __future__ import annotations

from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import SecondPersonNeeded
from accounts.services import audit
from citizens.models import Flag, FlagReason, FlagState, WordList
from citizens.permissions import may_moderate
from citizens.registry import Moderated, moderated_kinds
from citizens.rules.words import Hit, Matcher, words_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible

LONGEST, MOST_SHOWN = 200, 20
DECISIONS = (FlagState.SHOWN, FlagState.HIDDEN, FlagState.DELETING)


def examine(*, kind: str, object_id: int, text: str, order_id: int | None = None) -> Flag | None:
    """Flag what holds words of the list in force; from then on it is not public. One query where nothing is found.

    Words that somebody has let through stay so; new ones are looked at again.
    """
    version, hits = hits_in(text)
    if not hits:
        return None
    words = sorted({hit.word for hit in hits})[:MOST_SHOWN]
    told = {
        "reason": FlagReason.WORDS, "order_id": order_id, "words": words, "version": version,
        "categories": sorted({hit.category for hit in hits}),
    }  # fmt: skip
    with transaction.atomic():
        flag, is_new = Flag.objects.select_for_update(of=("self",)).get_or_create(
            kind=kind, object_id=object_id, defaults=told
        )
        if is_new:
            _kind(flag).hide(object_id)
        elif flag.state == FlagState.SHOWN and not set(words) <= set(flag.words):
            _open_again(flag, **told)
    return flag


def hits_in(text: str) -> tuple[int | None, list[Hit]]:
    """The version of the list in force and what of it is in the text. One query."""
    newest = WordList.objects.filter(state=DraftState.APPROVED).order_by("-version")
    row = newest.values_list("pk", "version").first()
    return (row[1], matcher_of(row[0]).hits(text)) if row else (None, [])


@lru_cache(maxsize=2)
def matcher_of(list_id: int) -> Matcher:
    """What was approved never changes, so that it is made once for each process."""
    return Matcher(words_of(WordList.objects.get(pk=list_id).contents)[0])


@transaction.atomic
def flag_by_hand(*, kind: str, object_id: int, note: str, by: Actor, order_id: int | None = None) -> Flag:
    """Take something out of public until it is decided. Raises NotAllowed, NotVisible, Invalid, Conflict."""
    _require(by)
    note = _reasoned(note, "note")
    moderated = moderated_kinds().get(kind)
    if moderated is None or object_id not in moderated.look([object_id]):
        raise NotVisible
    told = {"reason": FlagReason.STAFF, "note": note, "order_id": order_id}
    flag, is_new = Flag.objects.select_for_update(of=("self",)).get_or_create(
        kind=kind, object_id=object_id, defaults=told
    )
    if not is_new:
        if flag.state not in (FlagState.SHOWN, FlagState.HIDDEN):
            raise Conflict(_("这项内容已经在审核或已删除"))
        _open_again(flag, **told)
    moderated.hide(object_id)
    _audit("content_flagged", flag, by, note)
    return flag


@transaction.atomic
def decide_flag(*, flag_id: int, decision: str, reason: str, by: Actor) -> Flag:
    """Show it, keep it from public, or propose to delete it. The matter itself goes on whatever is decided.

    Raises NotAllowed, NotVisible, Conflict, Invalid.
    """
    _require(by)
    flag = _locked(flag_id)
    if flag.state != FlagState.WAITING:
        raise Conflict(_("这项内容已有人决定"))
    if decision not in DECISIONS:
        raise Invalid(fields={"decision": [_("请选择一项决定")]})
    flag.decision = _reasoned(reason)
    flag.state, flag.decided_by_id, flag.decided_at = FlagState(decision), by.user_id, clock.now()
    flag.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _audit(f"content_{flag.state}", flag, by, flag.decision)
    return flag


@transaction.atomic
def confirm_deletion(*, flag_id: int, agree: bool, by: Actor) -> Flag:
    """Delete for good what another proposed to delete, or keep it, not in public. Raises SecondPersonNeeded."""
    _require(by)
    flag = _locked(flag_id)
    if flag.state != FlagState.DELETING:
        raise Conflict(_("这项内容不在等待删除"))
    if flag.decided_by_id == by.user_id:
        raise SecondPersonNeeded(_("删除由您提出，请由另一人确认"))
    flag.state, flag.confirmed_by_id = (FlagState.DELETED if agree else FlagState.HIDDEN), by.user_id
    if agree:
        # The words are gone with what held them.
        flag.words = []
        _kind(flag).remove(flag.object_id, flag.decision, by)
    flag.save(update_fields=["state", "confirmed_by", "words"])
    _audit("content_deleted" if agree else "content_kept", flag, by, flag.decision)
    return flag


def _open_again(flag: Flag, **told: object) -> None:
    for name, value in told.items():
        setattr(flag, name, value)
    flag.state, flag.flagged_at = FlagState.WAITING, clock.now()
    flag.decided_by, flag.decided_at, flag.decision, flag.confirmed_by = None, None, "", None
    flag.save()


def _kind(flag: Flag) -> Moderated:
    return moderated_kinds()[flag.kind]


def _locked(flag_id: int) -> Flag:
    flag = Flag.objects.select_for_update(of=("self",)).filter(pk=flag_id).first()
    if flag is None or flag.kind not in moderated_kinds():
        raise NotVisible
    return flag


def _reasoned(text: str, name: str = "reason") -> str:
    text = text.strip()
    if not 2 <= len(text) <= LONGEST:
        raise Invalid(fields={name: [_("请写明理由，2 到 200 字")]})
    return text


def _require(by: Actor) -> None:
    if not may_moderate(by):
        raise NotAllowed


def _audit(action: str, flag: Flag, by: Actor, reason: str) -> None:
    detail = {"flag": flag.pk, "reason": reason, "categories": flag.categories}
    audit(actor_id=by.user_id, action=action, object_label=f"{flag.kind} {flag.object_id}", detail=detail)

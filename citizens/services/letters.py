"""Dead letters: mended and tried again, many at once after a mapping was mended, or discarded with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import IntakeMessage, IntakeState
from citizens.permissions import may_mend
from citizens.rules.mapping import FIELDS, MOST, Told, read
from citizens.services.intake import apply_again, fields_of, hold_number, raw_of
from citizens.services.mails import forget_files, hand_over
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

EDITABLE = tuple(name for name in FIELDS if name not in ("point", "reported_at", "pictures"))
MOST_AT_ONCE = 500


@transaction.atomic
def retry_letter(*, message_id: int, by: Actor, fields: Mapping[str, Any] | None = None) -> IntakeMessage:
    """Try it with the fields as a person mended them, or as they were. Raises NotAllowed, NotVisible, Invalid.

    A field that is not given stays. The number of the platform cannot be changed where it was read.
    """
    message = _locked(message_id, by)
    merged = {**fields_of(message), **{name: text for name, text in (fields or {}).items() if name in EDITABLE}}
    if message.external_ref:
        merged["external_ref"] = message.external_ref
    told = Told({name: value for name, value in merged.items() if value not in ("", None)})
    if not message.external_ref and _is_taken(message, told.external_ref):
        raise Invalid(fields={"external_ref": [_("该单号已经收到过")]})
    applied = apply_again(message, told)
    hand_over(message)
    changed = sorted(name for name in fields or {} if name in EDITABLE)
    _audit(by, "retry_intake_letter", message, applied=applied, fields=changed)
    return message


@transaction.atomic
def discard_letter(*, message_id: int, by: Actor, reason: str) -> None:
    """Give it up. Its words are kept, its files are not. Raises NotAllowed, NotVisible, Invalid."""
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请填写理由")]})
    message = _locked(message_id, by)
    message.state, message.reason, message.decided_by_id = IntakeState.DISCARDED, reason.strip()[:200], by.user_id
    message.save(update_fields=["state", "reason", "decided_by"])
    forget_files([message.pk])
    _audit(by, "discard_intake_letter", message)


def retry_all(*, platform_id: int, by: Actor) -> tuple[int, int]:
    """Read every dead letter of a platform by the mapping that is in force now; (tried, now orders)."""
    if not may_mend(by):
        raise NotAllowed
    dead = IntakeMessage.objects.filter(platform_id=platform_id, state=IntakeState.DEAD, is_first=True)
    # Those that were tried least come first: what stays dead keeps no other waiting.
    pks = list(dead.order_by("tries", "id").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return len(pks), sum(_read_again(pk, by) for pk in pks)


@transaction.atomic
def _read_again(pk: int, by: Actor) -> bool:
    try:
        message = _locked(pk, by)
    except NotVisible:
        return False
    # What came another way has no message of the platform to be read: it stands as it was entered.
    by_door = message.way == "door"
    told = read(raw_of(message), message.platform.mapping) if by_door else Told(fields_of(message), message.notes)
    if message.external_ref:
        told.fields["external_ref"] = message.external_ref
    elif _is_taken(message, told.external_ref):
        return False
    message.version, message.notes = message.platform.version, told.notes
    applied = apply_again(message, told)
    hand_over(message)
    _audit(by, "retry_intake_letter", message, applied=applied)
    return applied


def _is_taken(message: IntakeMessage, ref: str) -> bool:
    if not ref:
        return False
    hold_number(message.platform_id, ref)
    others = IntakeMessage.objects.filter(platform_id=message.platform_id, external_ref=ref[: MOST["external_ref"]])
    return others.exclude(pk=message.pk).exists()


def _locked(message_id: int, by: Actor) -> IntakeMessage:
    if not may_mend(by):
        raise NotAllowed
    dead = IntakeMessage.objects.filter(pk=message_id, state=IntakeState.DEAD)
    number = dead.values_list("platform_id", "external_ref", "digest").first()
    if number is None:
        raise NotVisible
    # As what comes does, before any row: nothing is added to it unseen while it is mended.
    hold_number(number[0], number[1] or number[2])
    found = dead.select_for_update(of=("self",)).select_related("platform__account").first()
    if found is None:
        raise NotVisible
    return found


def _audit(by: Actor, action: str, message: IntakeMessage, **detail: Any) -> None:
    label = f"{message.platform.code} {message.external_ref}"
    audit(actor_id=by.user_id, action=action, object_label=label, detail=detail)

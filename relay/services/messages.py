"""Writes of messages: into the line, and what a person decides about one that did not go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from relay.errors import Invalid, MessageMoved, NotAllowed, NotVisible
from relay.models import Channel, MessageState, OutgoingMessage
from relay.permissions import configures_channels
from relay.selectors.channels import messages_for

TEXT_LIMIT, SUBJECT_LIMIT, REASON_LIMIT = 500, 80, 200


def queue_message(
    *,
    channel: Channel,
    key: str,
    template: str,
    subject: str,
    text: str,
    url: str = "",
    recipient: str = "",
    scope: str = "",
    parameters: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
    sealed: str = "",
    not_before: dt.datetime | None = None,
) -> OutgoingMessage | None:
    """Put a message into the line with the caller's change; None if the key is there already."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("queue_message() must run in the transaction of its cause")
    message, is_new = OutgoingMessage.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel, "template": template, "subject": subject[:SUBJECT_LIMIT], "text": text[:TEXT_LIMIT],
            "url": url, "recipient": recipient, "scope": scope, "parameters": dict(parameters or {}),
            "is_urgent": is_urgent, "sealed": sealed, **({"next_at": not_before} if not_before else {}),
        },
    )  # fmt: skip
    return message if is_new else None


@transaction.atomic
def resend_message(
    *, message_id: int, by: Actor, subject: str = "", text: str = "", reason: str = ""
) -> OutgoingMessage:
    """Try a dead or discarded message again, with other words if given. The key stays: who knows it drops it.

    Raises NotVisible, NotAllowed, MessageMoved, Invalid.
    """
    message = _locked(message_id, by)
    if message.state not in (MessageState.DEAD, MessageState.SUPPRESSED, MessageState.FAILED):
        raise MessageMoved
    said = {"subject": subject.strip() or message.subject, "text": text.strip() or message.text}
    changed = [name for name, value in said.items() if value != getattr(message, name)]
    if len(said["subject"]) > SUBJECT_LIMIT or len(said["text"]) > TEXT_LIMIT:
        raise Invalid(fields={"text": [_("标题不超过 80 字，正文不超过 500 字")]})
    if changed and not reason.strip():
        raise Invalid(fields={"reason": [_("修改内容须填写理由")]})
    _decide(
        message, by, "message_resent", reason, changed, state=MessageState.QUEUED, attempts=0, next_at=Now(), **said
    )
    return message


@transaction.atomic
def discard_message(*, message_id: int, by: Actor, reason: str) -> OutgoingMessage:
    """Let a message that waits or is dead never go. Raises NotVisible, NotAllowed, MessageMoved, Invalid."""
    message = _locked(message_id, by)
    if message.state not in (MessageState.DEAD, MessageState.QUEUED, MessageState.FAILED):
        raise MessageMoved
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请填写理由")]})
    _decide(message, by, "message_discarded", reason, [], state=MessageState.SUPPRESSED, sealed="")
    return message


def _locked(message_id: int, by: Actor) -> OutgoingMessage:
    if not messages_for(by).filter(pk=message_id).exists():
        raise NotVisible
    if not configures_channels(by):
        raise NotAllowed
    return OutgoingMessage.objects.select_for_update().get(pk=message_id)


def _decide(message: OutgoingMessage, by: Actor, action: str, reason: str, changed: list[str], **columns: Any) -> None:
    OutgoingMessage.objects.filter(pk=message.pk).update(
        **columns, lease_until=None, reason=reason.strip()[:REASON_LIMIT], decided_by_id=by.user_id
    )
    detail = {"key": message.key, "reason": reason.strip()[:REASON_LIMIT], "changed": changed}
    audit(actor_id=by.user_id, action=action, object_label=f"message:{message.pk}", detail=detail)
    message.refresh_from_db()

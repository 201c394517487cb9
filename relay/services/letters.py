"""Messages to a number that belongs to nobody we know: number and words under seal until they are sent, then gone."""

from __future__ import annotations

import datetime as dt
import json

from lianqin.kernel.sealing import Seal
from relay.models import Channel, MessageState, OutgoingMessage
from relay.services.messages import queue_message

LETTERS = Seal("lianqin.relay.letters", "LIANQIN_CONTACT_KEYS")


def queue_letter(
    *,
    channel: Channel,
    key: str,
    template: str,
    subject: str,
    to: str,
    text: str,
    stand_in: str,
    is_urgent: bool = True,
    not_before: dt.datetime | None = None,
) -> OutgoingMessage | None:
    """Put it into the line with the caller's change; None if the key is there already.

    Staff who look after messages see ``stand_in`` in place of ``text``, and no number.
    """
    sealed = LETTERS.close(json.dumps({"to": to, "text": text}, ensure_ascii=False))
    return queue_message(
        channel=channel, key=key, template=template, subject=subject, text=stand_in, is_urgent=is_urgent, sealed=sealed,
        not_before=not_before,
    )  # fmt: skip


def withdraw_letters(*, prefix: str) -> int:
    """Let those whose keys begin so, and that have not gone, never go; return how many."""
    waiting = OutgoingMessage.objects.filter(
        key__startswith=prefix, state__in=(MessageState.QUEUED, MessageState.FAILED)
    )
    return waiting.update(state=MessageState.SUPPRESSED, sealed="")


def letter(message: OutgoingMessage) -> tuple[str, str]:
    """Number and words of a sealed message; nothing once it was sent or given up. Raises Unreadable."""
    told = json.loads(LETTERS.open(message.sealed)) if message.sealed else {}
    return told.get("to", ""), told.get("text", "")

"""Messages to a number that belongs to nobody we know: number and words under seal until they are sent, then gone."""

from __future__ import annotations

import json

from lianqin.kernel.sealing import Seal
from relay.models import Channel, OutgoingMessage
from relay.services.messages import queue_message

LETTERS = Seal("lianqin.relay.letters", "LIANQIN_CONTACT_KEYS")


def queue_letter(
    *, channel: Channel, key: str, template: str, subject: str, to: str, text: str, stand_in: str
) -> OutgoingMessage | None:
    """Put it into the line with the caller's change; None if the key is there already.

    Staff who look after messages see ``stand_in`` in place of ``text``, and no number.
    """
    sealed = LETTERS.close(json.dumps({"to": to, "text": text}, ensure_ascii=False))
    return queue_message(
        channel=channel, key=key, template=template, subject=subject, text=stand_in, is_urgent=True, sealed=sealed
    )


def letter(message: OutgoingMessage) -> tuple[str, str]:
    """Number and words of a sealed message; nothing once it was sent or given up. Raises Unreadable."""
    told = json.loads(LETTERS.open(message.sealed)) if message.sealed else {}
    return told.get("to", ""), told.get("text", "")

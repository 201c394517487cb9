"""A short message to a citizen who gave a number: sealed, sent by the gateway, once for each key."""

from __future__ import annotations

from django.utils.translation import gettext as _

from citizens.services.contacts import phone_to_tell
from lianqin.kernel.sealing import Unreadable
from relay.models import Channel, ChannelKind
from relay.services.letters import queue_letter, withdraw_letters

TEMPLATE = "citizen_community"


def tell(*, user_id: int, key: str, text: str) -> bool:
    """Queue ``text`` in the caller's transaction; False where there is no number, no consent or no gateway."""
    channel = Channel.objects.filter(kind=ChannelKind.SMS, active=True).order_by("owner", "pk").first()
    if channel is None:
        return False
    try:
        phone = phone_to_tell(user_id)
    except Unreadable:
        return False
    if not phone:
        return False
    queue_letter(
        channel=channel, key=f"{_prefix(user_id)}{key}", template=TEMPLATE, subject=_("社区提醒"), to=phone, text=text,
        stand_in=_("社区提醒（号码和内容不留存）"),
    )  # fmt: skip
    return True


def forget_told(user_id: int) -> int:
    """What still waits does not go to who leaves; returns how many."""
    return withdraw_letters(prefix=_prefix(user_id))


def _prefix(user_id: int) -> str:
    return f"tell:{user_id}:"

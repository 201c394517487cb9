"""Refusals of the relay."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible

__all__ = ["Invalid", "MessageMoved", "NotAllowed", "NotVisible"]


class MessageMoved(Conflict):
    """It is being sent, or was sent, since one looked."""

    code = "message_moved"
    message = _("消息状态已变化，请刷新后再试")

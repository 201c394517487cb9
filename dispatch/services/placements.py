"""Tell somebody that a published shift got them, or lost them: whoever counts on a roster hears when it moves."""

from __future__ import annotations

from django.urls import reverse

from dispatch.models import Gravity, Watch
from dispatch.services.telling import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

PLACED, REMOVED = "roster_placed", "roster_removed"


def tell_placed(watch: Watch, by: Actor) -> None:
    """Tell whose watch it is, unless the roster is still a draft or they placed themselves."""
    _tell(watch, by, PLACED)


def tell_removed(watch: Watch, by: Actor) -> None:
    """Tell whose watch it was; call it before the watch is deleted."""
    _tell(watch, by, REMOVED)


def _tell(watch: Watch, by: Actor, kind: str) -> None:
    if not watch.shift.published or watch.user_id == by.user_id:
        return
    send_notice(
        # Somebody on leave may be placed in the same watch again: that is news of its own.
        key=f"{kind}:{watch.pk}:{clock.now().timestamp():.0f}",
        kind=kind,
        gravity=Gravity.WARN,
        facts={"unit_name": watch.shift.unit.short_name, "starts_at": watch.shift.starts_at},
        users=[watch.user_id],
        url=reverse("dispatch:duty"),
    )

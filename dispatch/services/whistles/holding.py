"""What every change of a whistle begins with: the order first, then the whistle; and what it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from dispatch.errors import NotAllowed, NotVisible, WhistleMoved
from dispatch.models import Summons, Whistle
from dispatch.permissions import answers_for_whistle
from dispatch.rules.whistles import Move, allows
from dispatch.selectors.whistles import rough_place_of, whistles_for
from dispatch.services.telling import send_notice
from lianqin.kernel.actors import Actor
from workorders.locks import orders_locked
from workorders.services import oversight


def held(whistle_id: int, by: Actor, move: Move | None, *, own: bool = True) -> Whistle:
    """The whistle under lock, its order locked before it.

    ``own``: only for who answers for it; ``move`` None: in any state. Raises NotVisible, WhistleMoved, NotAllowed.
    """
    seen = list(whistles_for(by).filter(pk=whistle_id).values_list("order_id", flat=True))
    if not seen:
        raise NotVisible
    if seen[0] is not None:
        orders_locked([seen[0]])
    whistle = Whistle.objects.select_for_update(of=("self",)).get(pk=whistle_id)
    if move is not None and not allows(move, whistle.state):
        raise WhistleMoved(current={"state": whistle.state})
    if own and not answers_for_whistle(by, whistle):
        raise NotAllowed
    return whistle


def record(whistle: Whistle, kind: str, by: Actor, facts: Mapping[str, Any], text: str = "") -> None:
    """Write into the history of the order, if there is one."""
    if whistle.order_id is None:
        return
    unit_id = next(iter(sorted(by.unit_ids)), None)
    told = {"whistle": whistle.pk, **facts}
    oversight.note_whistle(order_id=whistle.order_id, kind=kind, facts=told, by=by, text=text, unit_id=unit_id)


def tell(
    whistle: Whistle,
    rows: Iterable[Summons],
    tail: str,
    kind: str,
    gravity: str,
    *,
    units: Iterable[int] = (),
    **facts: Any,
) -> None:
    """Tell those who are summoned, and ``units`` besides; once per ``tail``."""
    rows = list(rows)
    send_notice(
        key=f"whistle:{whistle.pk}:{tail}",
        kind=kind,
        gravity=gravity,
        facts=facts,
        units=[*(row.unit_id for row in rows if row.unit_id), *units],
        users=[row.user_id for row in rows if row.user_id],
        url=address_of(whistle),
    )


def call(whistle: Whistle, rows: Iterable[Summons], tail: str = "called") -> None:
    tell(whistle, rows, tail, "whistle", "critical", place=rough_place_of(whistle), due_at=whistle.due_at)


def address_of(whistle: Whistle) -> str:
    return reverse("dispatch:whistle", args=[whistle.pk])

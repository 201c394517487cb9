"""What dispatch forgets of an order whose texts are erased by law."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.utils.translation import gettext as _

from dispatch.models import Accountability, Summons, SupervisionOrder, SupervisionReply, Whistle


def blank_texts(*, order_id: int) -> int:
    """Blank every free text about an order whose lock is held; return of how many rows. Nothing else changes."""
    return sum(
        (
            _blanked(Whistle.objects.filter(order=order_id), "matter", "address", "note", "outcome"),
            _blanked(Summons.objects.filter(whistle__order=order_id), "witness_note", "excuse"),
            _blanked(SupervisionOrder.objects.filter(order=order_id), "demands", "closing"),
            _blanked(SupervisionReply.objects.filter(document__order=order_id), "text", "judgement"),
            _blanked(
                Accountability.objects.filter(document__order=order_id),
                "facts", "opinion", "decision", "appeal", "review",
            ),
        )
    )  # fmt: skip


def _blanked(rows: QuerySet[Any], *names: str) -> int:
    """Where something was said, it says that it is gone: what rests on words, such as an excuse, still stands."""
    gone = Value(_("（内容已依法删除）"), TextField())
    kept = {name: Case(When(**{name: ""}, then=F(name)), default=gone, output_field=TextField()) for name in names}
    return rows.update(**kept)

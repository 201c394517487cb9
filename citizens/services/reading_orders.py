"""What is read of a report as it comes in, so that staff finds it beside the order."""

from __future__ import annotations

from citizens.models import ReadSuggestion
from citizens.selectors.reading import told_by
from citizens.services.reading import suggest
from citizens.services.reading_twins import sign
from workorders.models import OrderText

REPORT = "report"


def read_report(*, order_id: int) -> ReadSuggestion | None:
    """Sign its words; suggest a category where it came without one. Done twice, it is done once."""
    sign(order_id=order_id)
    text = OrderText.objects.select_related("order").filter(pk=order_id, erased_at=None).first()
    if text is None or text.order.category_id is not None:
        return None
    found = suggest(told_by(text.title, text.description))
    if found is None:
        return None
    row, _new = ReadSuggestion.objects.get_or_create(
        order_id=order_id,
        defaults={"model_id": found.model_id, "code": found.code, "confidence": found.confidence},
    )
    return row

"""Chinese full text without extensions: bigrams of what an order says, in a tsvector."""

from __future__ import annotations

from django.db import connection

from workorders.models import OrderText, WorkOrder
from workorders.rules.bigrams import bigrams


def index_text(order: WorkOrder) -> None:
    """Write the search vector of an order from its number and text."""
    text = OrderText.objects.filter(pk=order.pk).values_list("title", "address", "description").first()
    if text is None:
        return
    words = sorted(bigrams(" ".join((order.number, *text))))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_ordertext SET search = array_to_tsvector(%s::text[]) WHERE order_id = %s",
            [words, order.pk],
        )

"""Chinese full text without extensions: bigrams of what an order says, in a tsvector."""

from __future__ import annotations

from workorders.models import OrderText, WorkOrder
from workorders.rules.bigrams import bigrams


def index_text(text: OrderText, order: WorkOrder) -> None:
    """Set the search vector from the number of the order, what is written about it and where it lies."""
    words = bigrams(" ".join((order.number, text.title, text.address, text.description)))
    # A trigger says where an order lies once it stands; a new one comes in the same statement.
    places = (("street", order.street_id), ("community", order.community_id))
    words |= {f"{mark}{pk}" for mark, pk in places if pk is not None}
    # Letters and digits alone: nothing in a word would have to be quoted.
    text.search = " ".join(f"'{word}'" for word in sorted(words))

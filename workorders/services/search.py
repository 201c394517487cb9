"""Chinese full text without extensions: bigrams of what an order says, in a tsvector."""

from __future__ import annotations

from workorders.models import OrderText
from workorders.rules.bigrams import bigrams


def index_text(text: OrderText, number: str) -> None:
    """Set the search vector from the number of the order and what is written about it."""
    words = bigrams(" ".join((number, text.title, text.address, text.description)))
    # Letters and digits alone: nothing in a pair would have to be quoted.
    text.search = " ".join(f"'{word}'" for word in sorted(words))

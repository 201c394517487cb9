"""What other apps may hear in process; the news itself travels through the outbox."""

from django.dispatch import Signal

# Sent after commit with ``order_id`` and ``kind``: only a wake-up, never the carrier of a fact.
order_moved = Signal()

# Sent by erase_texts with ``order_id``, inside its transaction and under the lock of the order: whoever keeps words
# about an order blanks them, and returns of how many rows.
erased = Signal()

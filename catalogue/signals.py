"""What other apps may hear in process. The news that must not be lost is ``calendar.recompute`` in the outbox."""

from django.dispatch import Signal

calendar_published = Signal()  # calendar_id, version
RECOMPUTE_TOPIC = "calendar.recompute"

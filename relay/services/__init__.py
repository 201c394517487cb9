"""Writes of the relay, one verb each."""

from relay.services.delivering import deliver_due, lease_due, retry_dead
from relay.services.posting import once, post, wake
from relay.services.rounds import drain, publish_round, purge
from relay.services.sequencing import publish_pending, sequence_pending

__all__ = [
    "deliver_due",
    "drain",
    "lease_due",
    "once",
    "post",
    "publish_pending",
    "publish_round",
    "purge",
    "retry_dead",
    "sequence_pending",
    "wake",
]

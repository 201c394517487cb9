"""Writes of the relay, one verb each."""

from relay.services.channels import (
    change_channel,
    create_channel,
    reseal_secrets,
    rotate_secret,
    secret_names,
    send_test,
)
from relay.services.delivering import deliver_due, lease_due, retry_dead
from relay.services.messages import discard_message, queue_message, resend_message
from relay.services.posting import once, post, wake
from relay.services.rounds import drain, publish_round, purge, purge_messages
from relay.services.sender import Sender, send_due
from relay.services.sending import lease_messages, settle
from relay.services.sequencing import publish_pending, sequence_pending

__all__ = [
    "Sender",
    "change_channel",
    "create_channel",
    "deliver_due",
    "discard_message",
    "drain",
    "lease_due",
    "lease_messages",
    "once",
    "post",
    "publish_pending",
    "publish_round",
    "purge",
    "purge_messages",
    "queue_message",
    "reseal_secrets",
    "resend_message",
    "retry_dead",
    "rotate_secret",
    "secret_names",
    "send_due",
    "send_test",
    "sequence_pending",
    "settle",
    "wake",
]

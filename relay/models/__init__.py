"""What the relay keeps: the outbox, and the channels to the outside with what went through them."""

from relay.models.channels import (
    PERSONAL,
    ROBOTS,
    Channel,
    ChannelKind,
    MessageState,
    OutgoingMessage,
)
from relay.models.log import Consumption, Delivery, DeliveryState, LogState, OutboxMessage

__all__ = [
    "PERSONAL",
    "ROBOTS",
    "Channel",
    "ChannelKind",
    "Consumption",
    "Delivery",
    "DeliveryState",
    "LogState",
    "MessageState",
    "OutboxMessage",
    "OutgoingMessage",
]

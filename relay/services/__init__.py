"""Writes of the relay, one verb each."""

from relay.services.posting import once, post, wake

__all__ = ["once", "post", "wake"]

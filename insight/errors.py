"""Refusals of insight: those of the platform."""

from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

__all__ = ["Invalid", "NotAllowed", "NotVisible"]

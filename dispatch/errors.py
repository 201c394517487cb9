"""Refusals of dispatch: those of the platform."""

from lianqin.kernel.errors import NotAllowed, NotVisible

__all__ = ["NotAllowed", "NotVisible"]

"""Secrets of channels, readable only with a key of the settings; the first key seals, all of them open."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lianqin.kernel.sealing import Seal
from lianqin.kernel.sealing import Unreadable as Unreadable

CHANNELS = Seal("lianqin.relay.channels", "LIANQIN_CHANNEL_KEYS")


def seal(secrets: Mapping[str, str]) -> str:
    """Encrypt with the first key; nothing stays nothing."""
    known = {name: value for name, value in secrets.items() if value}
    return CHANNELS.close(json.dumps(known)) if known else ""


def unseal(sealed: str) -> dict[str, str]:
    """Raises Unreadable."""
    secrets: dict[str, str] = json.loads(CHANNELS.open(sealed)) if sealed else {}
    return secrets


def sealed_anew(sealed: str) -> str:
    """The same under the first key. Raises Unreadable."""
    return CHANNELS.renew(sealed)

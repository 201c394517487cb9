"""The second person reads a draft and decides on what was read."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client


def seen_on(client: Client, address: str) -> str:
    """What the page of a draft says about which submission it shows."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert found, address
    return found[1]


def decide(client: Client, address: str, data: dict[str, Any]) -> Any:
    return client.post(address, {**data, "seen": seen_on(client, address)})

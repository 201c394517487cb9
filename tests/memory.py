"""What a process remembers in Redis between tests."""

from __future__ import annotations

import uuid

from django.core.cache import caches


def forget() -> None:
    """Have the cache remember nothing of before. Clearing it would take what tests beside this one remember."""
    caches["default"].key_prefix = f"test-{uuid.uuid4().hex}"

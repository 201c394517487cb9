"""How often somebody without a name may ask: counted under a key of the day, of which nobody reads who it was."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from citizens.errors import TooMany
from lianqin.kernel import clock

MINUTE = 60


def count_asking(*, what: str, address: str | None, most: int) -> None:
    """Count one question of this address in this minute. Raises TooMany. Without Redis nobody is counted."""
    now = clock.now()
    day = f"{settings.SECRET_KEY}|asking|{now:%Y-%m-%d}".encode()
    who = hmac.new(day, (address or "").encode(), hashlib.sha256).hexdigest()[:32]
    name = f"asking:{what}:{who}:{now:%H%M}"
    try:
        cache.add(name, 0, 2 * MINUTE)
        asked = cache.incr(name)
    except (RedisError, ValueError):
        return
    if asked > most:
        raise TooMany(retry_after=MINUTE - now.second)

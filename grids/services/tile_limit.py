"""So many tiles a minute for an account: whoever empties the quota of a provider's key is nobody looking at a map."""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

from ..errors import TilesEnough

log = logging.getLogger(__name__)
# A 4K screen has 16 x 10 tiles, twice that with names as a second layer: this is a fresh screenful every second and a
# half, all minute long, and as much as the six connections of a browser can carry at 30 ms a tile. What the browser has
# kept is not asked for.
MOST_A_MINUTE = 12_000
WINDOW_SECONDS = 60


def spend_tile(*, user_id: int) -> None:
    """Count one tile of an account. Raise TilesEnough. Nothing is counted while the cache is away."""
    minute, gone = divmod(int(time.time()), WINDOW_SECONDS)
    key = f"tiles:{user_id}:{minute}"
    try:
        cache.add(key, 0, 2 * WINDOW_SECONDS)
        spent = cache.incr(key)
    except (OSError, RedisError, ValueError):
        log.warning("tiles are not counted: the cache is away")
        return
    if spent > MOST_A_MINUTE:
        raise TilesEnough(retry_after=WINDOW_SECONDS - gone)

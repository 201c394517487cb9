"""How often somebody unknown may ask: counted in Redis under a name that tells nobody who it was, and expires."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from lianqin.kernel import clock


def within(what: str, whose: str, *, most: int, seconds: int) -> bool:
    """Count one more of ``what`` by ``whose`` (an address, a device); False beyond ``most`` in ``seconds``.

    The name is a keyed hash with the day in it: tomorrow nobody can tell that it was the same. Without Redis nobody is
    refused.
    """
    day = f"{clock.now():%Y%m%d}"
    name = hmac.new(settings.SECRET_KEY.encode(), f"{what}:{day}:{whose}".encode(), hashlib.sha256).hexdigest()[:32]
    key = f"limit:{what}:{name}"
    try:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key)) <= most
    except ValueError:
        # It expired between the two.
        return True
    except (RedisError, OSError):
        return True

"""The five platforms with keys in force, for demonstrations and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from citizens.models import IntakePlatform
from citizens.rules.formats import FORMATS
from citizens.services import platforms
from lianqin.kernel.actors import SYSTEM, Actor

# One of them writes letters as well.
MAIL: Mapping[str, dict[str, Any]] = {
    "online_inquiry": {"mailbox": "inquiry@lianqin.example", "mail_senders": ["@inquiry.example"]}
}


@transaction.atomic
def open_platforms(
    *, admin: Actor, second: Actor, returns: Mapping[str, str] | None = None, per_minute: int = 600
) -> dict[str, dict[str, str]]:
    """Open each that is not there yet, as two people would; return the keys of all, made anew.

    ``returns`` has the address of each that takes returns.
    """
    keys: dict[str, dict[str, str]] = {}
    for code in FORMATS:
        platform = IntakePlatform.objects.filter(code=code).first() or platforms.open_platform(code=code, by=admin)
        contents = {"active": True, "per_minute": per_minute, "return_address": (returns or {}).get(code, "")}
        contents |= MAIL.get(code, {})
        setup = platforms.draft_setup(platform_id=platform.pk, contents=contents, by=admin)
        platforms.decide_setup(setup_id=setup.pk, approve=True, by=second)
        for old in platform.keys.filter(ended_at=None):
            platforms.end_key(key_id=old.pk, by=SYSTEM)
        algorithm = "HMAC-SM3" if code == "police_110" else "HMAC-SHA256"
        key, secret = platforms.make_key(platform_id=platform.pk, algorithm=algorithm, by=admin)
        platforms.decide_key(key_id=key.pk, approve=True, by=second)
        keys[code] = {"key": key.key_id, "secret": secret, "algorithm": algorithm}
    return keys

"""Send returns: a lane for each platform, so that one that is slow or away holds up no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from citizens.models import IntakePlatform
from citizens.services.returns import call_for, lease_returns, settle_return
from relay.rules.channels import Outcome
from relay.transports.calling import call_plainly
from relay.transports.parcels import Call

NO_KEY = Outcome(is_sent=False, code="no_key", excerpt="该平台没有生效的密钥")
CALL_SECONDS = 8.0


def send_returns(*, seconds: float = 20.0) -> int:
    """Send until nothing is due, or for so long; return how many calls were made."""
    platforms = list(IntakePlatform.objects.filter(active=True).exclude(return_address=""))
    end = time.monotonic() + seconds
    if not platforms:
        return 0
    with ThreadPoolExecutor(max_workers=len(platforms), thread_name_prefix="returns") as lanes:
        return sum(lanes.map(lambda platform: _lane(platform, end), platforms))


def _lane(platform: IntakePlatform, end: float) -> int:
    moved = 0
    try:
        while time.monotonic() < end and (messages := lease_returns(platform)):
            calls = [call_for(message, platform) for message in messages]
            for message, outcome in zip(messages, asyncio.run(_together(calls)), strict=True):
                settle_return(message, outcome)
            moved += len(messages)
    finally:
        connection.close()
    return moved


async def _together(calls: Sequence[Call | None]) -> list[Outcome]:
    return await asyncio.gather(*map(_one, calls))


async def _one(call: Call | None) -> Outcome:
    return NO_KEY if call is None else await call_plainly(call, seconds=CALL_SECONDS)

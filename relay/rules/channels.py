"""How messages are sent to the outside: figures, and what an answer means. Pure."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

LANE_WIDTH = 2  # Calls of one channel at the same time.
CALLS = 64  # Calls of one process at the same time.
CONNECT_SECONDS = 3.0
CALL_SECONDS = 10.0  # From the first byte sent to the last received.
LEASE_SECONDS = 60
MOST_ATTEMPTS = 8
RETRY_SECONDS, RETRY_CAP_SECONDS = 5.0, 1800.0
BREAK_AFTER = 5  # Failures without a success in between.
PAUSE_SECONDS, PAUSE_CAP_SECONDS = 30.0, 900.0
LONGEST_WISH_SECONDS = 3600.0  # Of a Retry-After.
EXCERPT = 300
CODE = 20
ANSWER_BYTES = 64 * 1024
TEXT_BYTES = 1800  # WeCom takes 2048 bytes.

# Answers after which the same message can only be refused again.
FINAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 411, 413, 414, 415, 422, 451})
# ... of which these are about the message and say nothing of the channel.
OF_THE_MESSAGE = frozenset({400, 413, 414, 422})
# Control characters, half characters: no database takes all of them, and no page shows one.
ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. ``wait_seconds`` is what the receiver asked for; ``holds_channel``: of everybody."""

    is_sent: bool
    code: str
    excerpt: str = ""
    is_final: bool = False
    blames_channel: bool = True
    wait_seconds: float = 0.0
    holds_channel: bool = False


def plain(text: str, limit: int) -> str:
    """What a receiver said, as it can be written down and shown."""
    return ODD.sub("", text)[:limit]


def retry_seconds(attempts: int, *, wish: float = 0.0, jitter: float | None = None) -> float:
    """Seconds until the next attempt: 5, 10, 20, … capped and spread; never sooner than the receiver wished."""
    spread = random.random() if jitter is None else jitter
    full = min(RETRY_CAP_SECONDS, RETRY_SECONDS * 2.0 ** min(attempts - 1, 20))
    return max(full * (0.5 + spread / 2), min(wish, LONGEST_WISH_SECONDS))


def pause_seconds(pauses: int) -> float:
    """Seconds that a broken channel rests, longer each time."""
    return min(PAUSE_CAP_SECONDS, PAUSE_SECONDS * 2.0 ** min(pauses, 10))


def room(rate: int, recent: Sequence[dt.datetime], now: dt.datetime) -> int:
    """How many more calls may begin in the minute that ends ``now``."""
    return max(0, rate - sum(1 for moment in recent if moment > now - dt.timedelta(minutes=1)))


def wish_of(header: str, now: dt.datetime) -> float:
    """Seconds of a ``Retry-After``, given as seconds or as a date; 0 if it says nothing."""
    text = header.strip()
    if text.isdecimal():
        return min(float(text[:9]), LONGEST_WISH_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_WISH_SECONDS)


def by_status(status: int, excerpt: str, *, wish: float = 0.0) -> Outcome:
    """What an HTTP status alone says."""
    code = str(status)
    if 200 <= status < 300:
        return Outcome(is_sent=True, code=code, excerpt=excerpt)
    if status in FINAL_STATUSES:
        blames = status not in OF_THE_MESSAGE
        return Outcome(is_sent=False, code=code, excerpt=excerpt, is_final=True, blames_channel=blames)
    busy = status in (429, 503) and wish > 0
    return Outcome(
        is_sent=False, code=code, excerpt=excerpt, wait_seconds=wish or (60.0 if status == 429 else 0.0),
        blames_channel=status != 429, holds_channel=busy or status == 429,
    )  # fmt: skip


# errcode in a 200 of the robots. Too often: WeCom 45009 and 45033, DingTalk 130101, 410100 and 90030. What is not known
# here is tried again until it is dead.
PATIENCE = frozenset({45009, 45033, 130101, 410100, 90030})
# The key, the signature or the group is wrong: whoever keeps the channel must mend it.
OF_THE_CHANNEL = frozenset({93000, 300001, 310000, 400013, 400101, 400102, 400106})
OF_THE_TEXT = frozenset({40008, 40058, 44004, 400105})


def by_errcode(errcode: object, excerpt: str) -> Outcome:
    """What the robots of WeCom and DingTalk say inside of an answer with status 200."""
    try:
        number = int(str(errcode))
    except ValueError:
        return Outcome(is_sent=False, code="200", excerpt=excerpt)
    code = f"200/{number}"
    if number == 0:
        return Outcome(is_sent=True, code=code, excerpt=excerpt)
    if number in PATIENCE:
        return Outcome(
            is_sent=False, code=code, excerpt=excerpt, blames_channel=False, wait_seconds=60.0, holds_channel=True
        )
    final = number in OF_THE_CHANNEL | OF_THE_TEXT
    return Outcome(is_sent=False, code=code, excerpt=excerpt, is_final=final, blames_channel=number not in OF_THE_TEXT)


def clipped(text: str, limit: int = TEXT_BYTES) -> str:
    """The text in at most ``limit`` bytes of UTF-8, cut between characters."""
    data = text.encode()
    return text if len(data) <= limit else data[: limit - 3].decode(errors="ignore") + "…"

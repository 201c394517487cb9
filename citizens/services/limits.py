"""Limits of the public door, counted in Redis. Without Redis nobody is refused: see docs/adr."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from citizens.errors import TooMany
from citizens.rules.limits import DEVICE, FIGURES, NEAR, NUMBER, Figure, Figures, changed, wait_seconds
from citizens.services.proofs import Puzzle, make_puzzle, spend_proof
from citizens.services.visitors import Visitor, mark, until_midnight
from relay.transports import broker, channel

logger = logging.getLogger(__name__)
TRIED_AGAIN_SECONDS = 5.0
LIST, LONGEST_LIST = "citizen:refused", 1000
# Two windows for each measure: what was admitted in this one and in the last. All are asked before any is counted, so
# that a refusal costs its visitor nothing. ARGV: now, proven, then seconds, free and most of each measure.
SCRIPT = """
local now, proven = tonumber(ARGV[1]), ARGV[2] == '1'
local answer = {0, 0, 0, 0}
for i, key in ipairs(KEYS) do
  local seconds, free, most = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local slot = math.floor(now / seconds)
  local told = redis.call('HMGET', key, slot - 1, slot)
  local before, current = tonumber(told[1] or '0') or 0, tonumber(told[2] or '0') or 0
  local held = before * (1 - (now / seconds - slot)) + current + 1
  if held > most then return {2, i, before, current} end
  if held > free and not proven and answer[1] == 0 then answer = {1, i, before, current} end
end
if answer[1] > 0 then return answer end
for i, key in ipairs(KEYS) do
  local seconds = tonumber(ARGV[3 * i])
  local slot = math.floor(now / seconds)
  redis.call('HINCRBY', key, slot, 1)
  redis.call('HDEL', key, slot - 2)
  redis.call('EXPIRE', key, 2 * seconds)
end
return answer
"""
REFUSED = """
local score = redis.call('ZINCRBY', KEYS[1], 1, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
return score
"""
ASKED, OVER = 1, 2


class Limited(TooMany):
    """Too much for now. ``puzzle``, if there is one, opens the door at once; ``retry_after`` seconds do as well."""

    code = "too_many_requests"
    message = _("现在提交的人很多，请稍等一下再试")

    def __init__(self, retry_after: int, puzzle: Puzzle | None = None) -> None:
        extra: dict[str, Any] = {"puzzle": puzzle} if puzzle else {}
        super().__init__(retry_after=retry_after, **extra)
        self.retry_after, self.puzzle = retry_after, puzzle


@dataclass(frozen=True, slots=True)
class Noisy:
    """A mark of today and how often it was refused."""

    measure: str
    mark: str
    times: int

    @property
    def label(self) -> str:
        return str({DEVICE: _("设备"), NUMBER: _("号码")}.get(self.measure, _("网段")))


def figures() -> Figures:
    return _figures(tuple(settings.LIANQIN_PUBLIC_LIMITS))


@lru_cache(maxsize=8)
def _figures(wanted: tuple[str, ...]) -> Figures:
    return changed(FIGURES, wanted)


def count(visitor: Visitor, what: str, *, proof: str = "", now: float | None = None) -> None:
    """Count one more ``what`` (a row of the figures) of this visitor, or raise Limited and count nothing.

    ``proof`` is asked for only where much came before; it is spent where it was needed.
    """
    rows = {name: row for name, row in figures()[what].items() if name in visitor.marks}
    if not rows or _rest.is_away:
        return
    try:
        _count(visitor, what, rows, proof, time.time() if now is None else now)
    except (RedisError, OSError):
        _rest.begin()


def within(what: str, whose: str, *, most: int, seconds: int) -> bool:
    """Count one more of ``what`` by ``whose``, told by a text of their own; False beyond ``most`` in ``seconds``."""
    if _rest.is_away:
        return True
    try:
        name = f"citizen:limit:{what}:{mark(what, whose)}"
        state, *_told = _ask([name], time.time(), [Figure(most, most, seconds)], proven=False)
    except (RedisError, OSError):
        _rest.begin()
        return True
    return state == 0


def noisiest(most: int) -> list[Noisy]:
    """Who was refused most often today. Nobody where Redis is away."""
    try:
        told: Any = broker().zrevrange(channel(LIST), 0, most - 1, withscores=True)
    except (RedisError, OSError):
        return []
    rows = [(member.decode().split(":", 1), int(times)) for member, times in told]
    return [Noisy(parts[0], parts[1], times) for parts, times in rows]


def _count(visitor: Visitor, what: str, rows: dict[str, Figure], proof: str, now: float) -> None:
    names = [f"citizen:limit:{what}:{name}:{visitor.marks[name]}" for name in rows]
    state, at, before, current = _ask(names, now, list(rows.values()), proven=False)
    if state == ASKED and proof and spend_proof(what, proof):
        state, at, before, current = _ask(names, now, list(rows.values()), proven=True)
    if not state:
        return
    name, row = list(rows.items())[at - 1]
    noise = _refused(visitor, name)
    limit = row.free if state == ASKED else row.most
    wait = wait_seconds(before, current, now / row.seconds % 1, limit, row.seconds)
    puzzle = make_puzzle(what, noise) if state == ASKED and row.most > row.free else None
    raise Limited(wait, puzzle)


def _ask(names: list[str], now: float, rows: list[Figure], *, proven: bool) -> tuple[int, int, int, int]:
    told = [part for row in rows for part in (row.seconds, row.free, row.most)]
    answer: Any = broker().eval(SCRIPT, len(names), *names, now, int(proven), *told)
    state, at, before, current = (int(part) for part in answer)
    return state, at, before, current


def _refused(visitor: Visitor, name: str) -> int:
    """Note the refusal for who looks after the door; how often this mark and its network were refused today."""
    told = [f"{each}:{visitor.marks[each]}" for each in dict.fromkeys((name, NEAR)) if each in visitor.marks]
    ends = until_midnight()
    scores: list[Any] = [broker().eval(REFUSED, 1, channel(LIST), each, ends, LONGEST_LIST) for each in told]
    return max(int(float(score)) for score in scores)


class _Rest:
    """After a failure Redis is left alone for some seconds: a broker that is away slows no report twice."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + TRIED_AGAIN_SECONDS
        logger.warning("limits of the public door are not counted: Redis is away")


_rest = _Rest()

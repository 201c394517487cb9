"""A draw that nobody can steer and anybody can repeat. Pure.

First the list is frozen by its hash; then 32 random bytes are drawn; the seed is the hash of both; the orders with the
lowest HMAC of their number under the seed come out.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable


def hash_of(numbers: Iterable[str]) -> str:
    """SHA-256, hex, of the numbers in their order, a line each."""
    return hashlib.sha256("\n".join(numbers).encode()).hexdigest()


def seed_of(population_hash: str, salt: str) -> str:
    """SHA-256, hex, of the bytes of both."""
    return hashlib.sha256(bytes.fromhex(population_hash) + bytes.fromhex(salt)).hexdigest()


def size_of(population: int, percent: int) -> int:
    """So many are drawn: the share, rounded up; at least one of any."""
    return min(population, max(1, math.ceil(population * percent / 100))) if population else 0


def drawn_of(numbers: Iterable[str], seed: str, count: int) -> list[str]:
    """The ``count`` numbers of the lowest ranks, lowest first."""
    key = bytes.fromhex(seed)
    ranked = sorted((hmac.new(key, number.encode(), hashlib.sha256).digest(), number) for number in set(numbers))
    return [number for _rank, number in ranked[:count]]

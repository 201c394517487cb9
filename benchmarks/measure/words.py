"""Pairs of Chinese characters as the texts hold them: frequent, rare, absent."""

from __future__ import annotations

import random

from django.db import connection

# A sample of the texts is enough to know what is frequent; all of them would take a minute.
SAMPLED = 20_000
STATISTICS = """
SELECT word, ndoc FROM ts_stat(
    $$SELECT search FROM workorders_ordertext TABLESAMPLE SYSTEM (%s) LIMIT 20000$$
) WHERE length(word) = 2 AND word ~ '^[一-龥]{2}$' ORDER BY ndoc DESC, word
"""


def pairs() -> list[tuple[str, int]]:
    """(pair, texts of the sample that hold it), the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'workorders_ordertext'::regclass")
        share = min(100.0, 100 * SAMPLED / cursor.fetchone()[0] * 1.2)
        cursor.execute(STATISTICS.replace("%s", f"{share:.4f}"))
        return list(cursor.fetchall())


def sample(number: int, seed: int) -> list[str]:
    """From the most frequent to the rarest, evenly by rank on a logarithmic scale, and a tenth that are absent."""
    known = [pair for pair, _ in pairs()]
    chance = random.Random(seed)
    absent = _absent(set(known), number // 10, chance)
    wanted = number - len(absent)
    last = max(len(known) - 1, 1)
    ranks = sorted({round(last ** (each / max(wanted - 1, 1))) for each in range(wanted)} | {0})
    chosen = [known[rank] for rank in ranks if rank < len(known)]
    others = [pair for pair in known if pair not in set(chosen)]
    chosen += chance.sample(others, min(len(others), max(0, wanted - len(chosen))))
    return [*chosen[:wanted], *absent]


def _absent(known: set[str], number: int, chance: random.Random) -> list[str]:
    letters = sorted({letter for pair in known for letter in pair})
    if len(letters) < 2:
        return ["麟麒"]
    found: set[str] = set()
    for _ in range(number * 50):
        pair = "".join(chance.sample(letters, 2))
        if pair not in known and len(found) < number:
            found.add(pair)
    return sorted(found)

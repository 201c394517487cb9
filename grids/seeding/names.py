"""Names of people who do not exist."""

from __future__ import annotations

import random
from functools import cache

from pypinyin import lazy_pinyin

from .people import FAMILY, FIRST, SECOND


def made_up_name(dice: random.Random) -> tuple[str, str]:
    """A name and its pinyin."""
    family, first, second = dice.choice(FAMILY), dice.choice(FIRST), dice.choice(SECOND)
    name = family + (first + second if dice.random() < 0.7 else second)
    return name, "".join(_read(letter) for letter in name)


@cache
def _read(letter: str) -> str:
    return str(lazy_pinyin(letter)[0])

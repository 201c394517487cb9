"""Pure rules of accounts: how a user name is made, what a one-time password looks like, what a mask leaves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

# Without what is mistaken for something else on paper: 0 o, 1 l i, 5 s.
LETTERS = "2346789abcdefghjkmnpqrtuvwxyz"
GROUPS, GROUP = 3, 4  # 12 letters of 29: 58 bits.
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # 58 MB, 0.4 s: paid by the processes that name things.

    return [part.lower() for part in lazy_pinyin(text.strip())]


def pinyin_of(name: str) -> str:
    """The whole pinyin and its initials, for searching and sorting: ``wangfang wf``."""
    syllables = _syllables(name)
    return f"{''.join(syllables)} {''.join(part[:1] for part in syllables)}"[:200] if syllables else ""


def username_for(name: str, taken: Container[str]) -> str:
    """A free user name: the pinyin of the name, with a number from the second on (``wangfang``, ``wangfang2``)."""
    plain = re.sub(r"[^a-z0-9]", "", "".join(_syllables(name)))[:30]
    stem = plain if USERNAME.fullmatch(plain) else f"user{plain}"
    number = 1
    while (candidate := stem if number == 1 else f"{stem}{number}") in taken:
        number += 1
    return candidate


def one_time_password() -> str:
    """A new one, to be read from paper: ``k7mq-x3fd-9wpa``."""
    letters = [secrets.choice(LETTERS) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))


def masked_phone(phone: str) -> str:
    """Keep enough to recognize a number, not enough to call it: ``138****5678``."""
    digits = phone.strip()
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"

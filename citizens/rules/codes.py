"""Codes that people read aloud and type: no letter that looks like another. Pure."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
LENGTH, GROUP = 12, 4


def code_of(secret: str, key: uuid.UUID) -> str:
    """Twelve letters (60 bits) that nobody can tell who does not know the secret."""
    digest = hmac.new(secret.encode(), b"lianqin.citizens.receipt" + key.bytes, hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(LETTERS[(number >> (5 * place)) & 31] for place in range(LENGTH))


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def read(typed: str) -> str:
    """The code that somebody typed, whatever stands between its letters; empty if it cannot be one."""
    letters = "".join(
        each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum() and each.isascii()
    ).translate(MISREAD)
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else ""


def spelled(code: str) -> str:
    """``ABCD-EFGH-JKMN``."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))

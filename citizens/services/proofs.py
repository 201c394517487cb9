"""Proof of work instead of pictures to be read: made here, solved by the browser unseen, good once and for minutes."""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any

from altcha import create_challenge, verify_solution
from django.conf import settings

from relay.transports import broker

Puzzle = dict[str, Any]
ALGORITHM, ROUNDS = "PBKDF2/SHA-256", 500
GOOD_SECONDS = 300
# Tries that a browser needs at most: an eye-blink at first, some seconds for a network that keeps knocking.
LEAST_TRIES, MOST_TRIES = 500, 16_000
LONGEST = 2000


def make_puzzle(what: str, noise: int) -> Puzzle:
    """A puzzle for one ``what``; the harder the more often the same network was refused today."""
    tries = min(MOST_TRIES, LEAST_TRIES * (1 + noise // 20))
    made = create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=secrets.randbelow(tries),
        expires_at=int(time.time()) + GOOD_SECONDS,
        data={"for": what},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("answer"),
    )
    found: Puzzle = {**made.to_dict(), "most": tries}
    return found


def spend_proof(what: str, proof: str) -> bool:
    """Whether this solves a puzzle of ours for ``what``, for the first time. Raises RedisError."""
    if len(proof) > LONGEST:
        return False
    try:
        told = json.loads(base64.b64decode(proof, validate=True))
        meant, name = told["challenge"]["parameters"]["data"]["for"], str(told["challenge"]["signature"])[:64]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    found = verify_solution(proof, _key("challenge"), hmac_key_secret=_key("answer"))
    if not found.verified or meant != what:
        return False
    return bool(broker().set(f"citizen:proof:{name}", 1, nx=True, ex=GOOD_SECONDS + 60))


def _key(purpose: str) -> str:
    return f"{settings.SECRET_KEY}|citizens.proofs.{purpose}"

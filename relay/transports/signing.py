"""Signatures as the receivers document them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote_plus


def dingtalk_sign(secret: str, timestamp_ms: int) -> str:
    """HMAC-SHA256 of "timestamp\\nsecret" under the secret, base64, ready for the address."""
    return quote_plus(base64.b64encode(_digest(secret, f"{timestamp_ms}\n{secret}")))


def signature(secret: str, text: str, encoding: str = "hex") -> str:
    """HMAC-SHA256 in hex or base64."""
    digest = _digest(secret, text)
    return base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()


def _digest(secret: str, text: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()

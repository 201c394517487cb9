"""How requests between platforms and us are signed, in both directions. Pure."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

SHA256, WITH_SM3 = "HMAC-SHA256", "HMAC-SM3"
ALGORITHMS = (SHA256, WITH_SM3)
TOLERANCE_SECONDS = 300
KEY, TIMESTAMP, NONCE, SIGNATURE = "X-Lianqin-Key", "X-Lianqin-Timestamp", "X-Lianqin-Nonce", "X-Lianqin-Signature"


def signed_text(*, method: str, path: str, query: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed: a line each, and the body by its SHA-256 in hexadecimal."""
    lines = (method.upper(), path, query, timestamp, nonce, hashlib.sha256(body).hexdigest())
    return "\n".join(lines).encode()


def signature(secret: str, text: bytes, algorithm: str = SHA256) -> str:
    """In hexadecimal. Raises KeyError for an algorithm that is not one of ours."""
    if algorithm == SHA256:
        return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    if algorithm == WITH_SM3:
        made = HMAC(secret.encode(), SM3())
        made.update(text)
        return made.finalize().hex()
    raise KeyError(algorithm)


def is_signature(given: str, secret: str, text: bytes, algorithm: str) -> bool:
    """Compared in a time that tells nothing."""
    return hmac.compare_digest(given.lower().encode(), signature(secret, text, algorithm).encode())


def headers(
    *,
    key_id: str,
    secret: str,
    algorithm: str,
    method: str,
    path: str,
    query: str,
    seconds: int,
    nonce: str,
    body: bytes,
) -> dict[str, str]:
    """The four headers of a request that is sent ``seconds`` after 1970."""
    text = signed_text(method=method, path=path, query=query, timestamp=str(seconds), nonce=nonce, body=body)
    return {KEY: key_id, TIMESTAMP: str(seconds), NONCE: nonce, SIGNATURE: signature(secret, text, algorithm)}

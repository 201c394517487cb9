"""Secrets of channels, readable only with a key of the settings; the first key seals, all of them open."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"lianqin.relay.channels"


class Unreadable(Exception):
    """No key of the settings opens it."""


def seal(secrets: Mapping[str, str]) -> str:
    """Encrypt with the first key; nothing stays nothing."""
    known = {name: value for name, value in secrets.items() if value}
    return _ring().encrypt(json.dumps(known).encode()).decode() if known else ""


def unseal(sealed: str) -> dict[str, str]:
    if not sealed:
        return {}
    try:
        secrets: dict[str, str] = json.loads(_ring().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unreadable from error
    return secrets


def sealed_anew(sealed: str) -> str:
    """The same under the first key. Raises Unreadable."""
    try:
        return _ring().rotate(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unreadable from error


def _ring() -> MultiFernet:
    keys = settings.LIANQIN_CHANNEL_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)

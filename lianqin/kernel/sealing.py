"""What only a key of the settings opens: the first key seals, all of them open; found again without being opened."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

INDEX = ".index"


class Unreadable(Exception):
    """No key of the settings opens it."""


@dataclass(frozen=True, slots=True)
class Seal:
    """For one purpose: what is sealed for another does not open with it. ``setting`` names the list of its keys.

    Without any, SECRET_KEY and its fallbacks are the keys.
    """

    purpose: str
    setting: str

    def close(self, text: str) -> str:
        """Encrypt with the first key; nothing stays nothing."""
        return ring(self.purpose, self.keys).encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            return ring(self.purpose, self.keys).decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken as error:
            raise Unreadable from error

    def renew(self, sealed: str) -> str:
        """The same under the first key. Raises Unreadable."""
        try:
            return ring(self.purpose, self.keys).rotate(sealed.encode()).decode() if sealed else ""
        except InvalidToken as error:
            raise Unreadable from error

    def is_current(self, sealed: str) -> bool:
        """Whether the first key opens it."""
        try:
            ring(self.purpose, self.keys[:1]).decrypt(sealed.encode())
        except InvalidToken:
            return not sealed
        return True

    def index(self, value: str) -> str:
        """By which ``value`` is found without being kept: a keyed digest under the first key, 64 digits."""
        return self.indexes(value)[0]

    def indexes(self, value: str) -> list[str]:
        """The same under every key, for what was written before the keys changed."""
        purpose = self.purpose + INDEX
        return [hmac.new(_derived(key, purpose), value.encode(), sha256).hexdigest() for key in self.keys]

    @property
    def keys(self) -> tuple[str, ...]:
        given: list[str] = getattr(settings, self.setting)
        return tuple(given or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])


@lru_cache(maxsize=64)
def ring(purpose: str, keys: tuple[str, ...]) -> MultiFernet:
    """The keys as they are for one purpose; the first seals."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in keys])


@lru_cache(maxsize=256)
def _derived(key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())

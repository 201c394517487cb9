"""Tiles of the base maps, fetched here so that neither the key nor who looks where leaves the house."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cache

import httpx
from django.conf import settings

from lianqin.kernel.errors import NotVisible
from relay.transports.addresses import Refused, check_address
from relay.transports.sealing import Unreadable, unseal

from ..errors import TileUnavailable
from ..models import TileLayer

SECONDS, CONNECT_SECONDS, LARGEST = 6.0, 3.0, 1_000_000
# A slow provider holds at most so many of our threads, and none for a while once it failed so often in a row.
AT_ONCE, WAIT_SECONDS = 8, 1.5
FAILURES, REST_SECONDS = 4, 20.0
# What a provider answers that says something about us or its state; any other 4xx is about that one tile.
ABOUT_US = (401, 403, 429)
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


@dataclass(frozen=True, slots=True)
class Tile:
    body: bytes
    content_type: str


class _Gate:
    """How many are fetched at once, and which providers rest."""

    def __init__(self) -> None:
        self.room = threading.BoundedSemaphore(AT_ONCE)
        self.lock = threading.Lock()
        self.failed: dict[str, tuple[int, float]] = {}

    def rests(self, code: str) -> bool:
        number, since = self.failed.get(code, (0, 0.0))
        return number >= FAILURES and time.monotonic() - since < REST_SECONDS

    def note(self, code: str, *, failed: bool) -> None:
        with self.lock:
            if failed:
                self.failed[code] = (self.failed.get(code, (0, 0.0))[0] + 1, time.monotonic())
            else:
                self.failed.pop(code, None)


gate = _Gate()


def address_of(layer: TileLayer, part: int, z: int, x: int, y: int, *, key: str = "key") -> str:
    """The address of a tile; the subdomain goes by the place, so that a cache finds it again."""
    host = layer.subdomains[(x + y) % len(layer.subdomains)] if layer.subdomains else ""
    holes = {"{z}": z, "{x}": x, "{y}": y, "{s}": host, "{key}": key, "{layer}": layer.parts[part]}
    address = layer.template
    for hole, value in holes.items():
        address = address.replace(hole, str(value))
    return address


def fetch_tile(*, code: str, part: int, z: int, x: int, y: int) -> Tile:
    """One tile of an active layer. Raise NotVisible, TileUnavailable. One query and one call to the provider."""
    layer = TileLayer.objects.filter(code=code, active=True).first()
    if layer is None or part >= len(layer.parts) or not layer.min_zoom <= z <= layer.max_zoom:
        raise NotVisible
    if not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NotVisible
    if gate.rests(code) or not gate.room.acquire(timeout=WAIT_SECONDS):
        raise TileUnavailable
    try:
        tile = _fetched(layer, part, z, x, y)
    except (httpx.HTTPError, httpx.InvalidURL, Refused, Unreadable, ValueError) as error:
        gate.note(code, failed=True)
        raise TileUnavailable from error
    finally:
        gate.room.release()
    gate.note(code, failed=False)
    return tile


def _fetched(layer: TileLayer, part: int, z: int, x: int, y: int) -> Tile:
    address = address_of(layer, part, z, x, y, key=unseal(layer.key_sealed).get("key", ""))
    check_address(address, hosts=settings.LIANQIN_TILE_HOSTS)
    ends_at = time.monotonic() + SECONDS
    with _client().stream("GET", address) as answer:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.is_client_error and answer.status_code not in ABOUT_US:
            raise NotVisible  # Beyond what the provider covers: nothing is wrong with it.
        if answer.status_code != httpx.codes.OK or kind not in PICTURES:
            raise ValueError(f"{answer.status_code} {kind}")
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            # A provider that drips is cut off like one that is silent.
            if len(body) > LARGEST or time.monotonic() > ends_at:
                raise ValueError("too large or too slow")
    return Tile(body, kind)


@cache
def _client() -> httpx.Client:
    """Kept open, as tiles come by the dozen. Nothing is followed, and no proxy of the environment asked."""
    times = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=20)
    return httpx.Client(timeout=times, limits=limits, follow_redirects=False, trust_env=False)

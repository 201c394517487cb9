"""Whether the streams of the cameras answer. Hosts of configured gateways are asked, and nowhere that they lead."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext as _

from configuration.services.demo_stream import playlist
from grids.models import Camera
from grids.rules import DEMO_STREAM
from grids.selectors.cameras import stream_address
from grids.services.cameras import record_check
from lianqin.kernel import clock

SECONDS, LARGEST, AT_ONCE, MOST = 4.0, 65_536, 16, 400


Place = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 addresses of which the last 32 bits are an IPv4 address that a gateway of the network goes to.
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class _At(http.client.HTTPSConnection):
    """Speaks to the host by its name, at the address that was looked at: nothing is resolved a second time.

    Where an answer leads is not followed, and no proxy of the environment is asked.
    """

    def __init__(self, host: str, port: int, place: str) -> None:
        self.secure = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self.secure)
        self.place = place

    def connect(self) -> None:
        wire = socket.create_connection((self.place, self.port), SECONDS)
        self.sock = self.secure.wrap_socket(wire, server_hostname=self.host)


def check_streams() -> int:
    """Ask the streams that were not asked for longest; return how many were. At most MOST a time."""
    due = Camera.objects.filter(active=True, gateway__active=True).select_related("gateway")
    cameras = list(due.order_by("checked_at", "pk")[:MOST])
    cameras.sort(key=lambda camera: camera.checked_at is not None)
    faults = asked_all([stream_address(camera) for camera in cameras])
    for camera, fault in zip(cameras, faults, strict=True):
        record_check(camera_id=camera.pk, fault=fault)
    return len(cameras)


def asked_all(addresses: Sequence[str]) -> list[str]:
    """A fault for each address; empty where a playlist came."""
    now = clock.now().timestamp()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda address: asked(address, now), addresses))


def asked(address: str, now: float) -> str:
    """What is wrong with a stream, in words; empty if nothing."""
    if address.startswith(DEMO_STREAM.partition("{")[0]):
        # Our own: it is made where it is asked for, in demos and nowhere else.
        return "" if settings.LIANQIN_DEMO and playlist(now).startswith("#EXTM3U") else _("演示视频未启用")
    try:
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            return _("地址不是 https")
        place = _place_outside(parts.hostname, parts.port or 443)
        if place is None:
            return _("地址指向本机或内网，已拒绝")
        return _answered(_At(parts.hostname, parts.port or 443, place), urlunsplit(("", "", *parts[2:4], "")))
    except (OSError, ValueError, http.client.HTTPException):
        return _("连接失败或超时")


def _answered(gateway: _At, target: str) -> str:
    with closing(gateway):
        gateway.request("GET", target or "/")
        answer = gateway.getresponse()
        if answer.status != http.HTTPStatus.OK:
            return _("网关应答 %d") % answer.status
        return "" if answer.read(LARGEST).lstrip().startswith(b"#EXTM3U") else _("应答不是 HLS 播放列表")


def _place_outside(host: str, port: int) -> str | None:
    """The address of a host; None if one of its addresses is this machine, or is not public and was not named."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # An address with a zone (fe80::1%eth0) is of one link.
    if not found or any("%" in each or not _outside(ipaddress.ip_address(each)) for each in found):
        return None
    return found[0]


def _outside(place: Place) -> bool:
    within = _within(place)
    if within is not None:
        return _outside(within)
    if place.is_loopback or place.is_link_local or place.is_unspecified or place.is_multicast:
        return False
    return place.is_global or any(place in network for network in settings.LIANQIN_STREAM_NETWORKS)


def _within(place: Place) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if place.version == 4:
        return None
    if place in TRANSLATED:
        return ipaddress.IPv4Address(int(place) & 0xFFFFFFFF)
    return place.ipv4_mapped or place.sixtofour or (place.teredo[1] if place.teredo else None)

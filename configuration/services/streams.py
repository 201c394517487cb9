"""Whether the streams of the cameras answer. Hosts of configured gateways are asked, and nowhere that they lead."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from configuration.services.demo_stream import playlist
from grids.models import Camera
from grids.rules import DEMO_STREAM
from grids.selectors.cameras import stream_address
from grids.services.cameras import record_check
from lianqin.kernel import clock

SECONDS, LARGEST, AT_ONCE, MOST = 4.0, 65_536, 16, 400


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere is a fault, not a path."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


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
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return _("地址不是 https")
    try:
        if not _outside(parts.hostname, parts.port or 443):
            return _("地址指向本机，已拒绝")
        with _opener().open(urllib.request.Request(address, method="GET"), timeout=SECONDS) as answer:
            return "" if answer.read(LARGEST).lstrip().startswith(b"#EXTM3U") else _("应答不是 HLS 播放列表")
    except urllib.error.HTTPError as error:
        return _("网关应答 %d") % error.code
    except (OSError, ValueError):
        return _("连接失败或超时")


def _outside(host: str, port: int) -> bool:
    """False if a name of a gateway leads to this machine, or to what only this machine can reach."""
    found = {each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    places = [ipaddress.ip_address(str(each).partition("%")[0]) for each in found]
    return all(not (p.is_loopback or p.is_link_local or p.is_unspecified or p.is_multicast) for p in places)


def _opener() -> urllib.request.OpenerDirector:
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    # No proxy of the environment: the host that was looked at is the host that is asked.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), secure, _NoRedirect)

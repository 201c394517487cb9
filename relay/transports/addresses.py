"""Where messages may go: to hosts that the settings name, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

PORTS = {"https": 443, "http": 80, "smtps": 465, "smtp": 25}


class Refused(Exception):
    """The address is not one of those that the settings allow."""


def check_address(
    address: str, schemes: tuple[str, ...] = ("https", "http"), hosts: Sequence[str] | None = None
) -> None:
    """Raise Refused unless ``hosts`` has the place, without them ``settings.LIANQIN_MESSAGE_HOSTS``.

    An entry is ``host`` (https on its port), or ``scheme://host:port`` for anything else; port ``*`` is any.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Refused from error
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Refused
    named = settings.LIANQIN_MESSAGE_HOSTS if hosts is None else hosts
    if not any(_is(entry, parts.scheme, parts.hostname, port) for entry in named):
        raise Refused


def _is(entry: str, scheme: str, host: str, port: int) -> bool:
    named, _, rest = entry.rpartition("://")
    named = named or "https"
    name, _, number = rest.partition(":") if not rest.startswith("[") else _bracketed(rest)
    if (named, name.lower()) != (scheme, host.lower()):
        return False
    return number == "*" or port == (int(number) if number.isdecimal() else PORTS[named])


def _bracketed(rest: str) -> tuple[str, str, str]:
    name, _, number = rest[1:].partition("]")
    return name, "", number.lstrip(":")

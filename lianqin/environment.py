"""Read settings from the environment. Standard library only."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TRUE = frozenset({"1", "true", "yes", "on"})
SCHEMES = frozenset({"postgres", "postgresql"})


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    return value in TRUE if value else default


def integer(name: str, default: int = 0) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from error


def items(name: str) -> list[str]:
    """Return the parts of a comma separated list, empty ones left out."""
    return [part for raw in text(name).split(",") if (part := raw.strip())]


def database(url: str) -> dict[str, Any]:
    """Turn ``postgres://user:password@host:port/name?option=value`` into Django's settings.

    A socket folder is given percent-encoded as the host, or as ``?host=/folder``.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in SCHEMES or not name:
        raise ValueError("DATABASE_URL must look like postgres://user:password@host:5432/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # Plans are kept from the fifth use on, and are then good for all values: planning anew costs more than running.
    # "off" behind a pooler that shares sessions between transactions.
    keep = options.pop("prepare_threshold", "5")
    options["prepare_threshold"] = None if keep == "off" else int(keep)
    if keep != "off":
        # Nothing here runs for as long as it takes to compile it.
        options["options"] = f"{options.get('options', '')} -c plan_cache_mode=force_generic_plan -c jit=off".strip()
    return {
        "ENGINE": "lianqin.kernel.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def replica(url: str) -> dict[str, Any]:
    """The same for a copy that is only read; one that is away must be noticed soon."""
    found = database(url)
    given = found["OPTIONS"]
    started = f"{given.get('options', '')} -c default_transaction_read_only=on".strip()
    options = {"connect_timeout": 2, **given, "options": started}
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    return {**found, **kept, "OPTIONS": options, "TEST": {"MIRROR": "default"}}

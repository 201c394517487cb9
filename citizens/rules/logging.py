"""What logs may say of the public site: nothing of who asked, nor of codes in addresses. Pure."""

from __future__ import annotations

import logging

PUBLIC = ("/citizen/", "/api/v1/citizen/", "/open311/v2/")
SERVER_LOG = "uvicorn.access"
# Refusals and faults, which name the address that was asked for.
ADDRESS_LOGS = ("django.request", "django.security.csrf", "lianqin.problems")
NOBODY = "-"


class Anonymous(logging.Filter):
    """For servers that are run with an access log: (client, method, address, version, status)."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.args
        if isinstance(told, tuple) and len(told) == 5 and str(told[2]).startswith(PUBLIC):
            record.args = (NOBODY, told[1], plain(str(told[2])), *told[3:])
        return True


class Codeless(logging.Filter):
    """For logs that name an address anywhere in what they tell."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                plain(each) if isinstance(each, str) and each.startswith(PUBLIC) else each for each in record.args
            )
        return True


def plain(address: str) -> str:
    """The part of the site alone: ``/citizen/track/…``."""
    prefix = next(each for each in PUBLIC if address.startswith(each))
    part, _, rest = address[len(prefix) :].partition("?")[0].partition("/")
    return f"{prefix}{part}/{'…' if rest else ''}" if part else prefix

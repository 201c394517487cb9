"""Write notices, each once a recipient, and the news that they are there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from dispatch.models import Gravity, Notice
from dispatch.rules.kinds import KINDS, facts_of
from lianqin.kernel import clock
from lianqin.kernel.actors import PERSON, UNIT, token
from relay.services import post

NEWS_TOPIC = "notice.sent"
# What is already there by one of the two unique constraints is left out of the answer.
INSERT = """
INSERT INTO dispatch_notice
    (order_id, event_id, unit_id, user_id, kind, gravity, facts, created_at, key, url)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::varchar[], %s::varchar[], %s::jsonb[],
    %s::timestamptz[], %s::varchar[], %s::varchar[]
) ON CONFLICT DO NOTHING RETURNING id, unit_id, user_id
"""


@transaction.atomic
def send_notice(
    *,
    key: str,
    kind: str,
    gravity: str,
    facts: Mapping[str, Any],
    units: Iterable[int] = (),
    users: Iterable[int] = (),
    order_id: int | None = None,
    event_id: int | None = None,
    url: str = "",
) -> int:
    """Tell units and people something, once per ``key`` and recipient; return how many had not been told.

    ``kind`` is one of ``rules.kinds``, whose sentences say which facts are kept: codes, figures, times, names of units
    and places, nothing personal. ``url`` is a path of ours. Raises ValueError for what a programmer got wrong.
    """
    _check(key, kind, gravity, url)
    kept = {name: _plain(name, value) for name, value in facts_of(kind, facts).items()}
    to: list[dict[str, int]] = [{"unit_id": pk} for pk in sorted(set(units))]
    to += [{"user_id": pk} for pk in sorted(set(users))]
    if not to:
        return 0
    common: dict[str, Any] = {"kind": kind, "gravity": gravity, "facts": kept, "key": key, "url": url}
    common |= {"order_id": order_id, "event_id": event_id, "created_at": clock.now()}
    return write_notices([Notice(**common, **recipient) for recipient in to])


def write_notices(rows: list[Notice]) -> int:
    """Write what is not there yet, in one statement, and post the news of it; return how many were new."""
    if not rows:
        return 0
    columns: list[Any] = [
        [each.order_id for each in rows],
        [each.event_id for each in rows],
        [each.unit_id for each in rows],
        [each.user_id for each in rows],
        [each.kind for each in rows],
        [each.gravity for each in rows],
        [json.dumps(each.facts) for each in rows],
        [each.created_at for each in rows],
        [each.key for each in rows],
        [each.url for each in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, columns)
        written: list[tuple[int, int | None, int | None]] = cursor.fetchall()
    if written:
        audience = [token(UNIT, unit) for _pk, unit, _user in written if unit is not None]
        audience += [token(PERSON, user) for _pk, _unit, user in written if user is not None]
        pks = sorted(pk for pk, _unit, _user in written)
        post(topic=NEWS_TOPIC, key=str(pks[0]), payload={"notices": pks}, audience=audience)
    return len(written)


def _check(key: str, kind: str, gravity: str, url: str) -> None:
    if not 0 < len(key) <= 120:
        raise ValueError(f"a notice needs a key of at most 120 characters, not {key!r}")
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notice {kind!r}: add it to dispatch/rules/kinds.py")
    if gravity not in Gravity.values:
        raise ValueError(f"unknown gravity {gravity!r}")
    if url and (not url.startswith("/") or url.startswith("//") or len(url) > 200):
        raise ValueError(f"the address of a notice is a path of ours, not {url!r}")


def _plain(name: str, value: Any) -> str | int | float | bool:
    """The fact as JSON has it; moments in UTC."""
    match value:
        case bool() | int() | float():
            return value
        case dt.datetime():
            if value.tzinfo is None:
                raise ValueError(f"fact {name!r} is a moment without a time zone")
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)[:60].replace("\x00", "")

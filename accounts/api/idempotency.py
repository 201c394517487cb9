"""``Idempotency-Key``: the same request twice has one effect and one answer, for 24 hours.

    with idempotency(request) as memory:
        if memory.replay is not None:
            return memory.replay
        ...the effect...
        return memory.keep(Response(data, status=201))

Check visibility before, everything else inside. The block is one transaction: effect and record stand or fall
together, and a refusal raised inside leaves neither, so that the same key may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import IdempotencyInFlight, IdempotencyKeyInvalid, IdempotencyKeyReused
from accounts.services.purging import IDEMPOTENCY_KEPT
from lianqin.kernel.statements import pipelined, prepared

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
# A repeat may be kept by no cache that the first answer was not for.
KEPT_HEADERS = ("Location", "ETag", "Cache-Control")

# Two statements, sent together with the beginning of the transaction. The lock is let go after its holder's commit, so
# the second one, which begins when it is ours, sees a twin that has finished.
LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
RECALL = """
SELECT body_hash, status, body, headers::text FROM accounts_idempotencyrecord
WHERE user_id = %s AND path = %s AND key = %s AND created_at >= now() - make_interval(secs => %s)
"""
# Whatever is there already has expired; the purge had not come by yet.
KEEP = """
INSERT INTO accounts_idempotencyrecord (user_id, path, key, body_hash, status, body, headers, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, DEFAULT)
ON CONFLICT (user_id, path, key) DO UPDATE SET (body_hash, status, body, headers, created_at)
= (excluded.body_hash, excluded.status, excluded.body, excluded.headers, excluded.created_at)
"""

V = TypeVar("V", bound=APIView)
P = ParamSpec("P")
Answer = Response | HttpResponse


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose key this is, where, and for which content."""

    user_id: int
    path: str
    key: str
    body_hash: str

    @property
    def lock(self) -> int:
        text = f"{self.user_id}\n{self.path}\n{self.key}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:8], "big", signed=True)


@dataclass(slots=True)
class Memory:
    """What is remembered of this request: ``replay`` is the stored answer, if there is one."""

    scope: Scope | None = None
    replay: HttpResponse | None = None

    def keep(self, response: Response) -> Answer:
        """Store ``response`` in the transaction of its effect; return it as it is stored, rendered once."""
        if self.scope is None:
            return response
        body = "" if response.data is None else JSONRenderer().render(response.data).decode()
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        scope = self.scope
        with prepared() as cursor:
            cursor.execute(
                KEEP,
                [scope.user_id, scope.path, scope.key, scope.body_hash, response.status_code, body,
                 json.dumps(headers)],
            )  # fmt: skip
        others = {name: value for name, value in response.items() if name.lower() != "content-type"}
        return _answer(response.status_code, body, others)


@contextmanager
def idempotency(request: Request) -> Iterator[Memory]:
    """Open the transaction of an effect that happens once. Raises 400, 409 and 422 for the key.

    Without the header, or for somebody who is not signed in, there is nothing to remember.
    """
    scope = _scope_of(request)
    with transaction.atomic():
        yield Memory() if scope is None else _recall(scope)


def idempotent(handler: Callable[Concatenate[V, Request, P], Response]) -> Callable[Concatenate[V, Request, P], Answer]:
    """Wrap a view's method that runs after visibility is checked: replay, or run it once and keep its answer."""

    @wraps(handler)
    def wrapped(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            return memory.keep(handler(view, request, *args, **kwargs))

    return wrapped


def _scope_of(request: Request) -> Scope | None:
    key = request.headers.get(HEADER)
    if key is None or not request.user.is_authenticated:
        return None
    if not 1 <= len(key) <= 200 or not all("!" <= letter <= "~" for letter in key):
        raise IdempotencyKeyInvalid
    path = request.path if len(request.path) <= 300 else hashlib.sha256(request.path.encode()).hexdigest()
    return Scope(user_id=request.user.pk, path=path, key=key, body_hash=_hash_of(request))


def _recall(scope: Scope) -> Memory:
    with prepared() as lock, prepared() as record:
        with pipelined():
            lock.execute(LOCK, [scope.lock])
            record.execute(RECALL, [scope.user_id, scope.path, scope.key, IDEMPOTENCY_KEPT.total_seconds()])
        if not lock.fetchone()[0]:
            raise IdempotencyInFlight
        kept = record.fetchone()
    if kept is None:
        return Memory(scope=scope)
    body_hash, *answer = kept
    if body_hash != scope.body_hash:
        raise IdempotencyKeyReused
    return Memory(scope=scope, replay=_replay(*answer))


def _replay(status: int, body: str, headers: str) -> HttpResponse:
    return _answer(status, body, {**json.loads(headers), REPLAYED: "true"})


def _answer(status: int, body: str, headers: dict[str, str]) -> HttpResponse:
    response = HttpResponse(body, status=status, headers=headers, content_type="application/json")
    if not body:
        del response["Content-Type"]
    return response


def _hash_of(request: Request) -> str:
    """Digest of what was asked, not of its spelling: multipart borders and the order of members do not count."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    data = request.data
    if hasattr(data, "lists"):
        fields = sorted((name, [_part(value) for value in values]) for name, values in data.lists())
        digest.update(json.dumps(fields).encode())
    else:
        digest.update(json.dumps(data, sort_keys=True).encode())
    return digest.hexdigest()


def _part(value: Any) -> list[str]:
    if not isinstance(value, UploadedFile):
        return ["text", str(value)]
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return ["file", value.name or "", digest.hexdigest()]

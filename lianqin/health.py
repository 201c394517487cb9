"""Is this process alive, may it take requests, and is the platform well?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis import Redis
from redis.exceptions import RedisError

from relay.health import report


@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Answer for this process alone."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database and the broker answer."""
    facts = {"database": _database(), "broker": _broker()}
    return JsonResponse(facts, status=200 if all(facts.values()) else 503)


@never_cache
def healthy(request: HttpRequest) -> JsonResponse:
    """Answer 503 as soon as one fact is wrong."""
    facts: dict[str, Any] = {"database": {"ok": _database()}, "broker": {"ok": _broker()}}
    well = all(fact["ok"] for fact in facts.values())
    if facts["database"]["ok"]:
        all_well, measured = report()
        well, facts = well and all_well, facts | measured
    return JsonResponse({"ok": well, "facts": facts}, status=200 if well else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    broker = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(broker.ping())
    except RedisError:
        return False
    finally:
        broker.close()

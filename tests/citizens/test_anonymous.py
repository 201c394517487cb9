"""Who reports without a name is nowhere: not in a table, not in Redis, not in what any process writes."""

from __future__ import annotations

import logging
import re
import time
import urllib.request
import uuid

import pytest
from django.db import connection
from redis import Redis

from citizens.rules.logging import Anonymous
from lianqin.local.processes import wait_until
from tests.live import Platform
from workorders.models import WorkOrder

AGENT, ADDRESS = "Zyx-Distinctive-Browser/9.87", "203.0.113.77"
TOLD = {"words": "巷口的路灯不亮，晚上看不清路", "address": "新河路 16 号门前", "lon": "", "lat": ""}


def call(url: str, data: bytes | None = None, **headers: str) -> tuple[str, str, str]:
    """Address, body and cookies of the answer, as a browser far away would ask."""
    sent = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Referer": url, **headers}
    with urllib.request.urlopen(urllib.request.Request(url, data, sent), timeout=30) as answer:
        return answer.geturl(), answer.read().decode(), "; ".join(answer.headers.get_all("Set-Cookie") or [])


def everything_stored() -> str:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'archive')")
        found = []
        for schema, table in cursor.fetchall():
            cursor.execute(f"""SELECT coalesce(string_agg(t::text, ' '), '') FROM "{schema}"."{table}" t""")
            found.append(cursor.fetchone()[0])
    return " ".join(found)


def everything_cached(url: str) -> str:
    redis, found = Redis.from_url(url), []
    for key in redis.scan_iter("*"):
        found.append(repr(key) + repr(redis.dump(key)))
    return " ".join(found)


@pytest.mark.service
@pytest.mark.timeout(240)
def test_an_anonymous_report_leaves_no_trace_of_who_made_it(platform: Platform) -> None:
    base = platform.address
    for name in ("web", "relay", "worker"):
        platform.start(name)
    before = WorkOrder.objects.count()
    _url, page, cookies = call(f"{base}/citizen/report/")
    key = re.search(r'name="client_key" value="([^"]+)"', page)
    parts = {"client_key": key[1] if key else str(uuid.uuid4()), **TOLD}
    edge = "edge-of-parts"
    body = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    )
    assert "_session" not in cookies
    url, receipt, _cookies = call(
        f"{base}/citizen/report/",
        f"{body}--{edge}--\r\n".encode(),
        **{"Content-Type": f"multipart/form-data; boundary={edge}"},
    )
    assert "/citizen/receipt/" in url, receipt[:2000]
    assert wait_until(lambda: WorkOrder.objects.count() == before + 1, 30)
    time.sleep(1)
    code = url.rstrip("/").rsplit("/", 1)[1]
    stored, cached, written = everything_stored(), everything_cached(platform.redis_url), platform.logs()
    for trace in (AGENT, "Zyx-Distinctive", ADDRESS):
        assert (trace in stored, trace in cached, trace in written) == (False, False, False), trace
    assert (code in stored, code in cached, code in written) == (False, False, False)
    assert "127.0.0.1" not in stored


@pytest.mark.parametrize(("address", "told"), [
    ("/citizen/track/0ABC1DEFVGHJ/?lat=1", "/citizen/track/…"),
    ("/citizen/report/", "/citizen/report/"),
    ("/citizen/?q=1", "/citizen/"),
    ("/api/v1/citizen/reports/7/", "/api/v1/citizen/reports/…"),
    ("/orders/", "/orders/"),
])  # fmt: skip
def test_access_logs_of_the_public_site_name_nobody(address: str, told: str) -> None:
    record = logging.LogRecord(
        "uvicorn.access", 20, "", 1, '%s "%s %s %s" %d', (ADDRESS, "GET", address, "1.1", 200), None
    )
    assert Anonymous().filter(record)
    who = ADDRESS if address == "/orders/" else "-"
    assert record.getMessage() == f'{who} "GET {told} 1.1" 200'

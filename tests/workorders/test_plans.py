"""How the database finds the orders of a list among twenty thousand: by plans and by rows read, not by time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from grids import ground
from tests.cast import SmallGround
from tests.workorders.api import ROOT, Door
from tests.workorders.conftest import Desk

ORDERS = 20_000
# The walk looks at 2,000 orders, each may be looked up in an index and in the table; then come the rows of a page.
MOST_ROWS = 9_000
TABLES = ("workorders_workorder", "workorders_ordertext", "workorders_assignment")
FILL = """
INSERT INTO workorders_workorder (id, number, source, external_ref, status, level, highest_level, urgency, on_site,
    affected_street_ids, part_unit_ids, version, generation, reported_at, registered_at, due_at, ended_at, holder_id,
    supervision_tier, relocations, returns, failed_checks, hand_downs, shelvings, reopenings, contested,
    extended_levels, last_seq, last_hash, district_id, street_id, community_id, grid_id, category_id)
SELECT 202101000000000 + n, 'T' || n,
    CASE WHEN n %% 300 = 0 THEN 'video' WHEN n %% 3 = 0 THEN 'citizen' ELSE 'portal' END, '',
    CASE WHEN n > %(orders)s - 100 THEN 'registered' WHEN n %% 12 = 0 THEN 'declined' ELSE 'closed' END,
    CASE WHEN n %% 11 = 0 THEN 'district' ELSE 'street' END, 'street',
    CASE WHEN n %% 400 = 1 THEN 'critical' ELSE 'normal' END,
    n %% 3 = 1 AND n < 10000, CASE WHEN n %% 500 = 0 THEN ARRAY[%(other_street)s] ELSE '{}' END::bigint[],
    CASE WHEN n %% 2 = 0 THEN ARRAY[%(unit)s] ELSE '{}' END::bigint[], 1, 0,
    now() - make_interval(mins => %(orders)s - n), now(), CASE WHEN n > %(orders)s - 100 THEN now() END,
    CASE WHEN n > %(orders)s - 100 THEN NULL ELSE now() END, CASE WHEN n > %(orders)s - 100 THEN %(holder)s END,
    0, 0, 0, 0, 0, 0, 0, false, '', 1, '', %(district)s, %(street)s, %(community)s, %(grid)s, %(category)s
FROM generate_series(1, %(orders)s) AS n;
INSERT INTO workorders_ordertext (order_id, title, description, address, search)
SELECT 202101000000000 + n, CASE WHEN n %% 700 = 0 THEN '井盖破损' ELSE '占道经营' END, repeat('店外', 20), '',
    array_to_tsvector(CASE WHEN n %% 700 = 0 THEN ARRAY['井盖', '盖破', '破损']
                           ELSE ARRAY['占道', '道经', '经营', '店外'] END)
FROM generate_series(1, %(orders)s) AS n;
INSERT INTO workorders_assignment (order_id, unit_id, role, status, level, version, binding, late, dispatched_at,
    instruction, result)
SELECT 202101000000000 + n, %(unit)s, 'lead', 'done', 'street', 1, false, false, now(), '', ''
FROM generate_series(2, %(orders)s, 2) AS n;
"""
QUERIES = (
    "", "status=closed", "status=declined", "status=registered", "level=district", "source=video", "urgency=critical",
    "on_site=true", "on_site=true&status=declined", "source=citizen&on_site=true", "source=video&level=district",
    "category=T01&urgency=critical", "street=320999001&source=video", "street=320999002", "grid=320999001001002",
    "unit=320999001-market", "unit=320999001-urban_management&source=video", "overdue=true", "overdue=false",
    "created_before=2020-01-01", "created_after=2099-01-01", "q=占道", "q=井盖", "q=井盖破损", "q=无人",
    "q=井盖&level=district", "sort=due", "sort=due&source=video", "queue=mine", "status=registered&sort=due",
)  # fmt: skip


@pytest.fixture
def many(desk: Desk, small_ground: SmallGround, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty thousand orders of one grid, with texts and parts, as one statement makes them."""
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    like = desk.registered()
    names = {
        "orders": ORDERS,
        "holder": like.holder_id,
        "district": like.district_id,
        "street": like.street_id,
        "community": like.community_id,
        "grid": like.grid_id,
        "category": like.category_id,
        "unit": small_ground.urban_squad.pk,
        "other_street": (like.street_id or 0) + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(FILL, names)
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read(client: Client, address: str) -> tuple[int, list[str]]:
    """How many rows of orders, texts and parts the statements of a request touched, and which they read through."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
    touched, through = 0, []
    for sql, params in asked:
        if not any(table in sql for table in TABLES):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            (told,) = cursor.fetchone()
        plan = told if isinstance(told, list) else json.loads(told)
        for node in nodes(plan[0]["Plan"]):
            if node.get("Relation Name") not in TABLES:
                continue
            passed = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            touched += round(passed * node["Actual Loops"])
            if node["Node Type"] == "Seq Scan":
                through.append(f"{address}: {node['Relation Name']}")
    return touched, through


@pytest.mark.parametrize(
    "who", ["commander", "street_dispatcher", "handler", "community_officer", "supervisor", "outsider"]
)
def test_no_list_reads_through(desk: Desk, many: None, who: str) -> None:
    client = getattr(Door(desk.cast), who)
    found = {query: read(client, f"{ROOT}?{query}") for query in QUERIES}
    found |= {f"counts {query}": read(client, f"{ROOT}counts/?{query}") for query in QUERIES}
    assert [each for _rows, through in found.values() for each in through] == []
    assert {query: rows for query, (rows, _through) in found.items() if rows > MOST_ROWS} == {}


def test_the_queue_does_not_read_what_is_over(desk: Desk, many: None) -> None:
    client = Client()
    client.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/orders/", "/orders/?tab=registered", "/orders/?tab=all", "/orders/?q=占道", "/district/"):
        rows, through = read(client, address)
        assert (through, rows <= 3 * MOST_ROWS) == ([], True), (address, rows)

"""Spot checks: drawn so that nobody can steer them, checked by somebody who had no part in the order."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from citizens.models import Draw, SpotCheck
from citizens.rules import draws as rules
from citizens.services import draws
from citizens.services.draws import draw_day, faults_of, yesterday
from lianqin.kernel.errors import Invalid
from tests.citizens.test_following import Report
from tests.citizens.test_following_desk import Staff, report, staff
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

__all__ = ["report", "staff"]

Shift = Callable[[dt.timedelta], None]
CHECKS = "/citizen-desk/spot-checks/"


def drawn(report: Report, shift: Shift) -> Draw:
    shift(dt.timedelta(days=1))
    (draw,) = draw_day(day=yesterday())
    return draw


def test_a_draw_is_repeated_by_hand(desk: Desk, report: Report, shift: Shift) -> None:
    more = [Report(desk, title=f"第{number}盏灯") for number in range(3)]
    for each in more:
        each.close()
    draw = drawn(report, shift)
    numbers = sorted([report.order.number, *(each.order.number for each in more)])
    assert draw.population == numbers
    frozen = hashlib.sha256("\n".join(numbers).encode()).digest()
    seed = hashlib.sha256(frozen + bytes.fromhex(draw.salt)).digest()
    ranks = {number: hmac.new(seed, number.encode(), hashlib.sha256).hexdigest() for number in numbers}
    assert (len(draw.salt), draw.seed, draw.drawn) == (64, seed.hex(), [min(ranks, key=lambda each: ranks[each])])
    assert draw_day(day=yesterday()) == []
    call_command("verify_draw")


def test_a_draw_is_never_changed(report: Report, shift: Shift) -> None:
    drawn(report, shift)
    for change in ("UPDATE citizens_draw SET percent = 1", "DELETE FROM citizens_draw"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_what_does_not_follow_is_found(report: Report, shift: Shift) -> None:
    draw = drawn(report, shift)
    assert faults_of(draw) == []
    draw.population = [*draw.population, "SY20261122-999999"]
    assert "population_hash" in faults_of(draw)
    draw.salt = "00" * 32
    assert "seed" in faults_of(draw)
    SpotCheck.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("verify_draw")


def test_the_salt_is_drawn_after_the_list_is_frozen(
    report: Report, shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever could still change the list when the salt is known could choose who comes out."""
    steps: list[str] = []
    frozen, salted = rules.hash_of, secrets.token_hex

    def freeze(numbers: Any) -> str:
        steps.append("frozen")
        return frozen(numbers)

    def salt(size: int) -> str:
        steps.append(f"{size} random bytes")
        # Too late to be on the list.
        late = Report(report.desk, title="名单定了以后")
        late.close()
        WorkOrder.objects.filter(pk=late.order.pk).update(ended_at=WorkOrder.objects.get(pk=report.order.pk).ended_at)
        return salted(size)

    monkeypatch.setattr(rules, "hash_of", freeze)
    monkeypatch.setattr(draws, "secrets", SimpleNamespace(token_hex=salt))
    draw = drawn(report, shift)
    assert steps[:2] == ["frozen", "32 random bytes"]
    assert draw.population == [report.order.number]


FORGED = [
    ("percent", "100"),
    ("population", "population - 0"),
    ("population", "population || '[\"SY20261122-999999\"]'::jsonb"),
    ("population_hash", "repeat('ab', 32)"),
    ("salt", "repeat('00', 32)"),
    ("seed", "repeat('cd', 32)"),
    ("drawn", "jsonb_build_array(population -> 0, population -> 1)"),
    ("drawn", "jsonb_build_array((SELECT n FROM jsonb_array_elements(population) n WHERE n <> drawn -> 0 LIMIT 1))"),
]


@pytest.fixture
def drawn_of_four(report: Report, shift: Shift) -> Draw:
    for number in range(3):
        Report(report.desk, title=f"第{number}盏灯").close()
    return drawn(report, shift)


def test_whatever_is_changed_behind_the_trigger_is_found(drawn_of_four: Draw) -> None:
    call_command("verify_draw")
    for column, value in FORGED:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("ALTER TABLE citizens_draw DISABLE TRIGGER USER")
                cursor.execute(f"UPDATE citizens_draw SET {column} = {value}")
            with pytest.raises(CommandError, match="1 of 1"):
                call_command("verify_draw")
            transaction.set_rollback(True)
    SpotCheck.objects.create(draw=drawn_of_four, order=WorkOrder.objects.exclude(number__in=drawn_of_four.drawn)[0])
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_draw")


def test_a_day_that_goes_on_is_not_drawn(report: Report) -> None:
    with pytest.raises(Invalid):
        draw_day(day=yesterday() + dt.timedelta(days=1))


def test_shares_are_rounded_up() -> None:
    sizes = [rules.size_of(population, 5) for population in (0, 1, 20, 21, 100)]
    assert sizes == [0, 1, 1, 2, 5]


def test_who_verified_does_not_check_and_a_failure_reopens(report: Report, staff: Staff, shift: Shift) -> None:
    drawn(report, shift)
    check = SpotCheck.objects.get()
    told = {"check": check.pk, "do": "fail", "found": "灯还是坏的"}
    assert staff("street_supervisor").post(CHECKS, told).status_code == 403
    with CaptureQueriesContext(connection) as asked:
        refused = staff("supervisor").post(CHECKS, {**told, "found": " "})
    assert (refused.status_code, 'class="desk-fold" open>' in refused.content.decode()) == (400, True)
    locks = [each["sql"] for each in asked if "FOR UPDATE" in each["sql"] or "FOR NO KEY UPDATE" in each["sql"]]
    assert "citizens_spotcheck" not in locks[0], "the order first: who erases it holds it and writes to its checks"
    assert staff("supervisor").post(CHECKS, told).status_code == 302
    check.refresh_from_db()
    assert (check.state, WorkOrder.objects.get(pk=report.order.pk).status) == ("failed", "registered")
    assert staff("supervisor").post(CHECKS, told).status_code == 409


def test_the_form_is_for_who_had_no_part_in_the_order(report: Report, staff: Staff, shift: Shift) -> None:
    drawn(report, shift)
    form, told = 'name="found"', "要由另一个单位来抽查"
    for name, is_free in (("street_dispatcher", False), ("street_supervisor", False), ("supervisor", True)):
        page = staff(name).get(CHECKS).content.decode()
        assert report.order.number in page
        assert (form in page, told in page) == (is_free, not is_free), name
    folded = re.findall(r'<details class="desk-fold" *>(.*?)</details>', page, re.S)
    assert [(form in each, "登记抽查</summary>" in each) for each in folded] == [(True, True)], "folded until asked for"


def test_the_page_of_a_draw_shows_how_it_came_about(report: Report, staff: Staff, shift: Shift) -> None:
    draw = drawn(report, shift)
    page = staff("supervisor").get(f"/citizen-desk/draws/{draw.pk}/").content.decode()
    for words in (draw.seed, draw.salt, draw.population_hash, report.order.number, "结果一致"):
        assert words in page
    assert staff("other_street_dispatcher").get(f"/citizen-desk/draws/{draw.pk}/").status_code == 404

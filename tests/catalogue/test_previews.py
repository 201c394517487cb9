"""When something would be due: every moment typed by hand from the State Council's notice for 2026."""

from __future__ import annotations

import datetime as dt

import pytest

from catalogue.calendars import _built_in
from catalogue.deadlines import Asked, current_table, default_moment, preview, verdicts
from catalogue.models import Category
from catalogue.workclock import SHANGHAI

OFFICIAL = _built_in()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# National Day 2026: Thursday 1 to Wednesday 7 October off, Saturday 10 October at work. A day at work has 7 hours.
BEFORE_NATIONAL_DAY = "2026-09-30 17:20"


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("stage", "urgency", "level", "source", "due"),
    [
        ("accept", "normal", "street", "", "2026-10-08 10:50"),  # 10 minutes before the holiday, 110 after it
        ("accept", "normal", "street", "hotline_12345", "2026-10-08 09:50"),
        ("accept", "critical", "street", "", "2026-09-30 17:35"),  # around the clock
        ("resolve", "normal", "street", "", "2026-10-10 17:20"),  # the Saturday is worked
        ("resolve", "normal", "district", "", "2026-10-13 17:20"),
        ("resolve", "critical", "street", "", "2026-09-30 21:20"),
        ("dispatch", "normal", "street", "", "2026-10-08 09:50"),
        ("acknowledge", "normal", "street", "", "2026-10-08 09:50"),
        ("handle", "normal", "street", "", "2026-10-09 17:20"),
        ("verify", "normal", "street", "", "2026-10-08 17:20"),
        ("review", "normal", "street", "", "2026-11-03 17:20"),
        ("decide", "normal", "street", "", "2026-10-08 14:20"),
        ("callback", "normal", "street", "", "2026-10-09 17:20"),
    ],
)
def test_what_comes_in_before_national_day(stage: str, urgency: str, level: str, source: str, due: str) -> None:
    asked = Asked(level=level, urgency=urgency, source=source)
    found = {each.stage: each for each in preview(current_table(), asked, at(BEFORE_NATIONAL_DAY), OFFICIAL)}
    assert len(found) == 9
    assert found[stage].due_at == at(due)


@pytest.mark.usefixtures("seeded")
def test_only_the_time_that_counts_is_drawn() -> None:
    asked = Asked(level="street", urgency="normal")
    found = {each.stage: each for each in preview(current_table(), asked, at(BEFORE_NATIONAL_DAY), OFFICIAL)}
    assert found["decide"].spans == (
        (at("2026-09-30 17:20"), at("2026-09-30 17:30")),
        (at("2026-10-08 09:00"), at("2026-10-08 12:00")),
        (at("2026-10-08 13:30"), at("2026-10-08 14:20")),
    )
    assert found["decide"].warning == ""


@pytest.mark.usefixtures("seeded")
def test_a_due_in_a_year_without_holidays_is_only_a_guess() -> None:
    found = preview(current_table(), Asked(level="street", urgency="normal"), at("2026-12-30 17:20"), OFFICIAL)
    assert {each.stage: bool(each.warning) for each in found} == {
        "accept": False, "resolve": True, "dispatch": False, "acknowledge": False, "handle": True,
        "verify": False, "review": True, "decide": False, "callback": True,
    }  # fmt: skip


def test_the_moment_that_is_asked_about_first() -> None:
    # Monday 6 April 2026 is off: the Friday before Qingming is the one.
    assert default_moment(OFFICIAL, dt.date(2026, 3, 2)) == at("2026-04-03 17:20")


def test_without_a_holiday_to_come_it_is_the_next_friday_at_work() -> None:
    # Friday 25 September and 2 October 2026 are holidays themselves; after the 9th comes a Saturday at work.
    assert default_moment(OFFICIAL, dt.date(2026, 9, 21)) == at("2026-10-09 17:20")
    assert default_moment(OFFICIAL, dt.date(2026, 11, 22)) == at("2026-11-27 17:20")


@pytest.mark.usefixtures("seeded")
def test_every_rule_says_why_it_won_or_lost() -> None:
    rules = [rule for rule in current_table() if rule.stage == "accept"]
    told = verdicts(rules, Asked(level="street", urgency="normal", source="hotline_12345"), dt.date(2026, 9, 30))
    assert [(each.rule.source, each.rule.urgency, each.why) for each in told[:3]] == [
        ("hotline_12345", "normal", "条件全部符合，且最具体"),
        ("", "normal", "也适用，但胜出的规则指明了来源"),
        ("", "", "也适用，但胜出的规则指明了紧急程度，紧急程度优先"),
    ]
    assert [each.wins for each in told].count(True) == 1
    assert {each.why for each in told if not each.applies} == {"只用于紧急", "只用于特急", "只用于另一来源"}


@pytest.mark.usefixtures("seeded")
def test_a_rule_of_the_matter_is_told_from_one_of_another() -> None:
    assert Category.objects.filter(code="0101").exists()
    rules = [rule for rule in current_table() if rule.stage == "resolve"]
    told = verdicts(rules, Asked(level="street", urgency="normal"), dt.date(2017, 1, 1))
    assert {each.why for each in told} == {"自2018-01-01起才生效"}

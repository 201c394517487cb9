"""Deadlines with four eyes: one drafts, the table is checked, another approves, and only then it changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import DraftDecided, DraftNotOpen, SecondPersonNeeded
from accounts.models import AuditEntry
from catalogue import revisions
from catalogue.deadlines import policy_for
from catalogue.deadlines.drafting import check_draft
from catalogue.errors import DraftHasErrors, DraftIsEmpty
from catalogue.models import Category, DeadlineDraft, DeadlineRule
from catalogue.selectors.deadlines import changes_of
from catalogue.services.deadline_drafts import (
    Line,
    decide_deadlines,
    draft_deadlines,
    drop_deadline,
    edit_deadline_draft,
    put_deadlines,
    submit_deadlines,
    withdraw_deadlines,
)
from catalogue.services.deadlines import today
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed


def drafted(by: Actor, *lines: Line, days: int = 0) -> DeadlineDraft:
    draft = draft_deadlines(name="防汛期间缩短时限", valid_from=today() + dt.timedelta(days=days), by=by)
    if lines:
        put_deadlines(draft_id=draft.pk, lines=list(lines), by=by)
    return draft


def found(draft: DeadlineDraft) -> set[tuple[str, str]]:
    return {(each.severity, each.code) for each in check_draft(draft, changes_of(draft), today=today())}


def amount(stage: str, *, urgency: str = "normal", level: str = "street", days: int = 0) -> tuple[int, str]:
    on = today() + dt.timedelta(days=days)
    policy = policy_for(stage=stage, level=level, category_id=None, urgency=urgency, on=on)
    return policy.amount, policy.unit


SHORTER = Line(stage="verify", urgency="normal", amount=180, unit="minutes")


def test_a_draft_changes_nothing_until_another_approves(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    before = DeadlineRule.objects.count()
    draft = drafted(sysadmin, SHORTER)
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    assert amount("verify") == (1, "workdays")
    decided = decide_deadlines(draft_id=draft.pk, approve=True, opinion="同意", by=commander)
    assert (decided.state, decided.opinion, decided.in_force_from) == ("approved", "同意", today())
    assert amount("verify") == (180, "minutes")
    assert DeadlineRule.objects.count() == before + 1
    entry = AuditEntry.objects.get(action="catalogue.change_deadline", actor_id=commander.user_id)
    assert (entry.detail["before"], entry.detail["after"]["amount"]) == (None, 180)


def test_a_rule_of_the_same_conditions_ends_when_the_new_one_begins(
    seeded: None, sysadmin: Actor, commander: Actor
) -> None:
    draft = drafted(sysadmin, Line(stage="accept", urgency="normal", amount=90, unit="minutes"), days=10)
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    decide_deadlines(draft_id=draft.pk, approve=True, by=commander)
    assert amount("accept") == (120, "minutes")
    assert amount("accept", days=9) == (120, "minutes")
    assert amount("accept", days=10) == (90, "minutes")
    (line,) = changes_of(draft)
    assert line.before == {"amount": 120, "unit": "minutes", "around_the_clock": False, "valid_from": "2018-01-01"}


def test_a_rule_may_end_without_another(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    draft = drafted(sysadmin, Line(stage="dispatch", urgency="normal", level="district"))
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    decide_deadlines(draft_id=draft.pk, approve=True, by=commander)
    assert amount("dispatch", level="district") == (60, "minutes")


def test_who_drafts_does_not_approve(
    seeded: None, sysadmin: Actor, commander: Actor, dispatcher: Actor, make_actor: Any
) -> None:
    for person in (commander, dispatcher):
        with pytest.raises(NotAllowed):
            drafted(person, SHORTER)
    draft = drafted(sysadmin, SHORTER)
    with pytest.raises(DraftDecided):
        decide_deadlines(draft_id=draft.pk, approve=True, by=commander)
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    for person in (sysadmin, dispatcher):
        with pytest.raises(NotAllowed):
            decide_deadlines(draft_id=draft.pk, approve=True, by=person)
    both = make_actor("both", officer="sysadmin", grants=("command_orders",))
    DeadlineDraft.objects.filter(pk=draft.pk).update(drafted_by=both.user_id)
    with pytest.raises(SecondPersonNeeded):
        decide_deadlines(draft_id=draft.pk, approve=True, by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineDraft.objects.filter(pk=draft.pk).update(decided_by=both.user_id)
    assert amount("verify") == (1, "workdays")


def test_what_was_submitted_is_not_edited_and_what_was_sent_back_is(
    seeded: None, sysadmin: Actor, commander: Actor
) -> None:
    draft = drafted(sysadmin, SHORTER)
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    with pytest.raises(DraftNotOpen):
        put_deadlines(draft_id=draft.pk, lines=[SHORTER], by=sysadmin)
    decide_deadlines(draft_id=draft.pk, approve=False, opinion="太短", by=commander)
    put_deadlines(
        draft_id=draft.pk, lines=[Line(stage="verify", urgency="normal", amount=240, unit="minutes")], by=sysadmin
    )
    (line,) = changes_of(draft)
    assert line.amount == 240
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    withdraw_deadlines(draft_id=draft.pk, by=sysadmin)
    with pytest.raises(DraftDecided):
        decide_deadlines(draft_id=draft.pk, approve=True, by=commander)


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        (Line(stage="accept", urgency="normal", amount=4, unit="minutes"), ("error", "too_short")),
        (Line(stage="review", amount=251, unit="workdays"), ("error", "too_long")),
        # Resolving takes 3 working days; handling alone may not take 4.
        (Line(stage="handle", urgency="normal", amount=4, unit="workdays"), ("error", "longer_than_whole")),
        # 6 hours around the clock to resolve, 5 of them to handle: 7 are too many.
        (
            Line(stage="handle", urgency="urgent", level="street", amount=420, unit="minutes", around_the_clock=True),
            ("error", "longer_than_whole"),
        ),
        # Each fits, together they do not: 2 working days, 1 and an hour.
        (Line(stage="dispatch", urgency="normal", amount=1, unit="workdays"), ("warning", "parts_exceed_whole")),
        (Line(stage="accept", urgency="normal", amount=120, unit="minutes"), ("warning", "changes_nothing")),
        (Line(stage="verify", urgency="normal", level="district"), ("error", "nothing_to_end")),
        (Line(stage="verify"), ("warning", "ends_the_broadest")),
    ],
)
def test_silly_values_are_found(seeded: None, sysadmin: Actor, line: Line, finding: tuple[str, str]) -> None:
    draft = drafted(sysadmin, line)
    assert finding in found(draft)
    if finding[0] == "error":
        with pytest.raises(DraftHasErrors):
            submit_deadlines(draft_id=draft.pk, by=sysadmin)
        assert DeadlineDraft.objects.get(pk=draft.pk).state == "draft"


def test_the_table_as_it_was_seeded_has_nothing_to_find(seeded: None, sysadmin: Actor) -> None:
    assert found(drafted(sysadmin, SHORTER)) == set()


def test_rules_that_never_apply_or_say_equally_much(seeded: None, sysadmin: Actor) -> None:
    leaf = Category.objects.get(code="0101")
    assert leaf.deadline_class == "standard"
    never = drafted(
        sysadmin,
        Line(stage="verify", category_id=leaf.pk, deadline_class="difficult", amount=60, unit="minutes"),
    )
    assert ("error", "never_applies") in found(never)
    common: dict[str, Any] = {"stage": "verify", "category_id": leaf.pk, "unit": "minutes"}
    tied = drafted(sysadmin, Line(amount=60, **common), Line(amount=90, deadline_class="standard", **common))
    assert ("error", "conflict") in found(tied)
    Category.objects.filter(pk=leaf.pk).update(active=False)
    revisions.forget()
    assert ("error", "category_inactive") in found(tied)


def test_another_draft_about_the_same_rule_is_named(seeded: None, sysadmin: Actor) -> None:
    first, second = drafted(sysadmin, SHORTER), drafted(sysadmin, SHORTER)
    assert ("warning", "rival_draft") not in found(second)
    submit_deadlines(draft_id=first.pk, by=sysadmin)
    assert ("warning", "rival_draft") in found(second)


def test_a_table_that_moved_on_stops_what_it_made_wrong(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    shorter = drafted(sysadmin, Line(stage="resolve", urgency="normal", level="street", amount=2, unit="workdays"))
    longer = drafted(sysadmin, Line(stage="handle", urgency="normal", level="street", amount=3, unit="workdays"))
    for draft in (shorter, longer):
        submit_deadlines(draft_id=draft.pk, by=sysadmin)
    decide_deadlines(draft_id=shorter.pk, approve=True, by=commander)
    with pytest.raises(DraftHasErrors):
        decide_deadlines(draft_id=longer.pk, approve=True, by=commander)
    assert DeadlineDraft.objects.get(pk=longer.pk).state == "submitted"
    assert amount("handle") == (2, "workdays")


def test_a_draft_whose_day_has_passed_begins_on_the_day_of_approval(
    seeded: None, sysadmin: Actor, commander: Actor
) -> None:
    draft = drafted(sysadmin, SHORTER)
    submit_deadlines(draft_id=draft.pk, by=sysadmin)
    DeadlineDraft.objects.filter(pk=draft.pk).update(valid_from=today() - dt.timedelta(days=3))
    decided = decide_deadlines(draft_id=draft.pk, approve=True, by=commander)
    assert decided.in_force_from == today()
    assert not DeadlineRule.objects.filter(stage="verify", amount=180, valid_from__lt=today()).exists()


def test_lines_and_heads_are_refused_with_the_field(seeded: None, sysadmin: Actor) -> None:
    draft = drafted(sysadmin)
    with pytest.raises(DraftIsEmpty):
        submit_deadlines(draft_id=draft.pk, by=sysadmin)
    wrong = [
        (Line(stage="nonsense", amount=5, unit="minutes"), "stage"),
        (Line(stage="verify", urgency="x", amount=5, unit="minutes"), "urgency"),
        (Line(stage="verify", amount=0, unit="minutes"), "amount"),
        (Line(stage="verify", amount=5, unit="fortnights"), "unit"),
        (Line(stage="verify", amount=1, unit="workdays", around_the_clock=True), "around_the_clock"),
        (Line(stage="verify", category_id=0, amount=5, unit="minutes"), "category"),
    ]
    for line, field in wrong:
        with pytest.raises(Invalid) as refusal:
            put_deadlines(draft_id=draft.pk, lines=[SHORTER, line], by=sysadmin)
        assert field in refusal.value.fields
    assert changes_of(draft) == []
    with pytest.raises(Invalid) as refusal:
        edit_deadline_draft(draft_id=draft.pk, name="", valid_from=dt.date(2020, 1, 1), by=sysadmin)
    assert set(refusal.value.fields) == {"name", "valid_from"}


def test_a_line_is_taken_out(seeded: None, sysadmin: Actor) -> None:
    draft = drafted(sysadmin, SHORTER)
    (line,) = changes_of(draft)
    drop_deadline(draft_id=draft.pk, change_id=line.pk, by=sysadmin)
    assert changes_of(draft) == []

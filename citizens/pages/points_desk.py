"""The desk's page of rules and books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from citizens.models import AccountKind, LedgerCheck, PointsAccount, PointsAward, Rulebook, Subject
from citizens.pages.points import Earnings, earnings_of
from citizens.rules.points import DEEDS, FIGURES
from citizens.rules.tips import Kind, kinds_of
from citizens.selectors.rulebooks import rules_in_force
from lianqin.kernel.drafts import DraftState

EMPTY_LINES, LINES = 2, 12


@dataclass(frozen=True, slots=True)
class Told:
    """The rules of one subject. ``latest``: what a form begins with."""

    current: Rulebook | None
    pending: Rulebook | None
    pending_points: Earnings | None
    pending_kinds: tuple[Kind, ...]
    latest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    given: int
    spent: int
    taken: int
    gone: int
    held: int
    owed: int
    holders: int
    check: LedgerCheck | None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    title: str
    fields: tuple[tuple[str, str, Any], ...]


def rules_told(subject: Subject) -> Told:
    current = rules_in_force(subject)
    drafts = Rulebook.objects.filter(subject=subject, state__in=(DraftState.SUBMITTED, DraftState.REFUSED))
    draft = drafts.select_related("drafted_by").first()
    pending = draft if draft is not None and draft.state == DraftState.SUBMITTED else None
    latest = draft or current
    is_points = subject == Subject.POINTS
    return Told(
        current,
        pending,
        earnings_of(pending) if pending is not None and is_points else None,
        kinds_of(pending.contents) if pending is not None and not is_points else (),
        latest.contents if latest else {},
    )


def books_now() -> Books:
    """Two statements: the sums of all accounts, and the last proof."""
    sums = PointsAccount.objects.values("kind").annotate(total=Sum("balance"), debts=Sum("owed"), number=Count("id"))
    told: dict[str, dict[str, Any]] = {each["kind"]: dict(each) for each in sums}

    def of(kind: AccountKind) -> int:
        return int(told[kind]["total"]) if kind in told else 0

    citizens = told.get(AccountKind.CITIZEN, {"debts": 0, "number": 0})
    return Books(
        given=-of(AccountKind.ISSUE),
        spent=of(AccountKind.REDEMPTION),
        taken=of(AccountKind.CLAWBACK),
        gone=of(AccountKind.EXPIRY),
        held=of(AccountKind.CITIZEN),
        owed=citizens["debts"],
        holders=citizens["number"],
        check=LedgerCheck.objects.first(),
    )


def awards_of(number: str) -> list[tuple[PointsAward, str, str]]:
    """What an order has earned: the award, what for, and the number of whose it is, masked."""
    awards = PointsAward.objects.filter(order__number=number).select_related("user__contact", "claim", "order")
    return [
        (each, str(DEEDS[each.rule]), getattr(getattr(each.user, "contact", None), "shown_phone", ""))
        for each in awards.order_by("pk")
    ]


def point_rows(contents: Mapping[str, Any]) -> tuple[Row, ...]:
    rules = contents.get("rules", {})
    return tuple(
        Row(name, str(title), tuple((f"{name}_{each}", each, rules.get(name, {}).get(each, "")) for each in FIGURES))
        for name, title in DEEDS.items()
    )


def kind_rows(contents: Mapping[str, Any], wrong: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Each kind with what is wrong with it, and some lines to be filled in."""
    kinds = [{**each, "wrong": wrong.get(f"kind_{at}", ())} for at, each in enumerate(contents.get("kinds", ()))]
    return [*kinds, *({"pays": "points"} for _each in range(min(EMPTY_LINES, LINES - len(kinds))))]

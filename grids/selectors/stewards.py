"""Reads of the building stewards: places against duty, the way of each file, and what is shown in public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from ..ground import in_force
from ..models import (
    Building,
    Community,
    Objection,
    PublicNotice,
    Recruitment,
    Steward,
    StewardEvent,
    StewardPolicy,
    StewardQuota,
)
from ..rules import places_for
from ..states import ENDED, IN_RECRUITMENT, StewardState


def policy_of(community: Community) -> StewardPolicy:
    """The rules of the community's district; the usual ones where none were set. One query, two without the street."""
    return policy_in(community.street.district_id)


def policy_in(district_id: int) -> StewardPolicy:
    return StewardPolicy.objects.filter(district=district_id).first() or StewardPolicy(district_id=district_id)


def places_of(community: Community) -> int:
    """How many stewards the community has places for: set by hand, or by households. At most three queries."""
    by_hand = StewardQuota.objects.filter(community=community).first()
    return by_hand.places if by_hand else places_for(community.households, policy_of(community).households_each)


def stewards_on_duty(community: Community) -> int:
    return Steward.objects.filter(community=community, state=StewardState.ON_DUTY).count()


def stewards_taking_places(community: Community) -> int:
    """On duty, or on the way there."""
    return Steward.objects.filter(community=community, state__in=(*IN_RECRUITMENT, StewardState.ON_DUTY)).count()


@dataclass(frozen=True, slots=True)
class Places:
    """One community: how many places, who fills them. ``gap`` is below zero where too many are on duty."""

    community_id: int
    code: str
    name: str
    street_code: str
    street: str
    households: int
    places: int
    by_hand: bool
    on_duty: int
    coming: int

    @property
    def gap(self) -> int:
        return self.places - self.on_duty

    @property
    def lacking(self) -> int:
        """Places that nobody fills or is on the way to fill."""
        return max(0, self.gap - self.coming)

    @property
    def filled(self) -> int:
        """Per cent of the places, at most 100."""
        return min(100, round(100 * self.on_duty / self.places)) if self.places else 100


def steward_places(*, street: str = "", text: str = "", only_gaps: bool = False) -> list[Places]:
    """Every community in force in code order with its places and stewards. Two queries."""
    found = Community.objects.filter(in_force())
    if street:
        found = found.filter(street__code=street)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(pinyin__icontains=text) | Q(code__startswith=text))
    rows = (
        found.annotate(
            set_places=F("steward_quota__places"),
            on_duty=Count("stewards", filter=Q(stewards__state=StewardState.ON_DUTY)),
            coming=Count("stewards", filter=Q(stewards__state__in=IN_RECRUITMENT)),
        )
        .order_by("code")
        .values_list(
            "pk", "code", "short_name", "street__code", "street__short_name", "households", "set_places", "on_duty",
            "coming", "street__district",
        )
    )  # fmt: skip
    policies = dict(StewardPolicy.objects.values_list("district", "households_each"))
    listed = [_places(row, policies) for row in rows]
    return [each for each in listed if each.gap > 0] if only_gaps else listed


def _places(row: Sequence[Any], policies: dict[int, int]) -> Places:
    pk, code, name, street_code, street, households, by_hand, on_duty, coming, district = row
    each = policies.get(district, StewardPolicy().households_each)
    places = by_hand if by_hand is not None else places_for(households, each)
    return Places(pk, code, name, street_code, street, households, places, by_hand is not None, on_duty, coming)


def stewards(*, state: str = "", community: str = "", text: str = "") -> QuerySet[Steward]:
    """Files by number; ``community`` is a code of a community or a street."""
    found = Steward.objects.select_related("community__street", "building", "notice").defer(
        "community__boundary", "community__street__boundary"
    )
    if state:
        found = found.filter(state=state)
    if community:
        found = found.filter(community__code__startswith=community)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(pinyin__icontains=text) | Q(number__icontains=text))
    return found.order_by("number")


def board(*, community: str = "", text: str = "", each: int = 12) -> dict[str, tuple[int, list[Steward]]]:
    """For each state of the recruitment: how many, and the ``each`` longest waiting. Two queries."""
    files = stewards(community=community, text=text).filter(state__in=IN_RECRUITMENT)
    disputed = Objection.objects.filter(steward=OuterRef("pk"), state=Objection.State.OPEN)
    columns: dict[str, list[Steward]] = {state: [] for state in IN_RECRUITMENT}
    counts = dict.fromkeys(columns, 0)
    for steward in files.annotate(disputed=Exists(disputed)).order_by("applied_on", "number"):
        counts[steward.state] += 1
        if len(columns[steward.state]) < each:
            columns[steward.state].append(steward)
    return {state: (counts[state], columns[state]) for state in columns}


def steward_file(pk: int) -> Steward | None:
    """One file with its events, objections, assessments and training. Some six queries."""
    return (
        stewards()
        .select_related("recruitment", "community__street__district")
        .prefetch_related(
            Prefetch("events", StewardEvent.objects.select_related("user").order_by("-seq")),
            Prefetch("objections", Objection.objects.select_related("decided_by")),
            "assessments",
            "training_records__course",
        )
        .filter(pk=pk)
        .first()
    )


def recruitments(*, community: str = "") -> QuerySet[Recruitment]:
    """Calls, the latest first, with how many ``applied`` and how many are still ``alive``."""
    found = Recruitment.objects.select_related("community__street").defer(
        "community__boundary", "community__street__boundary"
    )
    found = found.annotate(
        applied=Count("applications"), alive=Count("applications", filter=~Q(applications__state__in=ENDED))
    ).order_by("-opens_on", "-pk")
    return found.filter(community__code__startswith=community) if community else found


def notices() -> QuerySet[PublicNotice]:
    """Public notices, the latest first, with how many were ``shown`` and the ``disputes`` that are open."""
    open_ones = Q(objections__state=Objection.State.OPEN, objections__steward__state=StewardState.ON_NOTICE)
    return PublicNotice.objects.annotate(
        shown=Count("candidates", distinct=True), disputes=Count("objections", filter=open_ones, distinct=True)
    ).order_by("-starts_at", "-pk")


def buildings(*, community: str = "", text: str = "") -> QuerySet[Building]:
    """Buildings by code with how many stewards are ``on_duty`` in each."""
    found = Building.objects.select_related("community", "grid").defer("community__boundary", "grid__boundary")
    if community:
        found = found.filter(community__code__startswith=community)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(pinyin__icontains=text) | Q(code__icontains=text))
    on_duty = Count("stewards", filter=Q(stewards__state=StewardState.ON_DUTY))
    return found.annotate(on_duty=on_duty).order_by("code")


def days_left(ends_at: dt.datetime, now: dt.datetime) -> int:
    """Whole and begun days until the end of a notice."""
    return max(0, -((now - ends_at) // dt.timedelta(days=1)))

"""Evenings of patrol teams: for who wants to come, for who leads, for the workstation."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet, Sum

from citizens.models import PatrolShift, PatrolTeam, ShiftState, SignUp, SignUpState, StandingRole
from citizens.selectors.community import confirmed, run_by
from grids.models import Community
from lianqin.kernel.actors import Actor


def with_counts(shifts: QuerySet[PatrolShift]) -> QuerySet[PatrolShift]:
    """Annotates ``placed`` and ``waiting``."""
    return shifts.annotate(
        placed=Count("signups", filter=Q(signups__state=SignUpState.PLACED)),
        waiting=Count("signups", filter=Q(signups__state=SignUpState.WAITING)),
    ).select_related("team__community")


def evenings_for(user_id: int, now: dt.datetime) -> QuerySet[PatrolShift]:
    """What is ahead where somebody is a volunteer, the next first; annotated with counts."""
    where = confirmed(user_id, StandingRole.VOLUNTEER).values("community")
    ahead = PatrolShift.objects.filter(
        team__community__in=where, team__active=True, state=ShiftState.PLANNED, starts_at__gt=now
    )
    return with_counts(ahead).order_by("starts_at", "pk")


def signups_of(user_id: int) -> QuerySet[SignUp]:
    return SignUp.objects.filter(user_id=user_id).select_related("shift__team__community").order_by("-shift__starts_at")


def minutes_of_volunteer(user_id: int) -> int:
    return SignUp.objects.filter(user_id=user_id).aggregate(all=Sum("minutes"))["all"] or 0


def led_by(user_id: int, now: dt.datetime) -> QuerySet[PatrolShift]:
    """Evenings that wait for the leader: those of the next days, and those whose attendance is not written down."""
    mine = PatrolShift.objects.filter(
        team__leader=user_id, state=ShiftState.PLANNED, starts_at__lt=now + dt.timedelta(days=7)
    )
    return with_counts(mine).order_by("starts_at", "pk")


def teams_run_by(actor: Actor) -> QuerySet[PatrolTeam]:
    """Annotates ``ahead``: how many evenings are planned."""
    mine = PatrolTeam.objects.filter(community__in=Community.objects.filter(run_by(actor)))
    ahead = Count("shifts", filter=Q(shifts__state=ShiftState.PLANNED))
    return mine.annotate(ahead=ahead).select_related("community", "leader").order_by("community__code", "name")


def shifts_between(actor: Actor, begin: dt.datetime, end: dt.datetime) -> QuerySet[PatrolShift]:
    """Evenings of the actor's communities that begin in the span."""
    mine = PatrolShift.objects.filter(
        team__community__in=Community.objects.filter(run_by(actor)), starts_at__gte=begin, starts_at__lt=end
    )
    return with_counts(mine.exclude(state=ShiftState.CANCELLED)).order_by("starts_at", "pk")

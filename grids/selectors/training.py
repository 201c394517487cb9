"""Who passed which course, and who lacks one that the post requires."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import User
from lianqin.kernel.clock import Now

from ..models import (
    BUILDING_STEWARD,
    Course,
    CourseRequirement,
    Post,
    Steward,
    TrainingRecord,
    TrainingSession,
    Unit,
)
from ..models.training import TRAINED_ROLES

EXPIRY_AHEAD = dt.timedelta(days=30)


def valid_records(on: Any) -> QuerySet[TrainingRecord]:
    """Records of passed courses that hold on that day (a date or an expression)."""
    return TrainingRecord.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), passed=True, held_on__lte=on)


def required_courses(role: str, post: str, on: Any) -> QuerySet[Course]:
    """Active courses that whoever takes up the role on that day must have passed."""
    asked = CourseRequirement.objects.filter(Q(post="") | Q(post=post), course=OuterRef("pk"), role=role, since__lte=on)
    return Course.objects.filter(Exists(asked), active=True)


def missing_courses(user: User, role: str, post: str, on: dt.date) -> list[Course]:
    """Courses that stand between the person and the post on that day; in code order. One query."""
    passed = valid_records(on).filter(user=user, course=OuterRef("pk"))
    return list(required_courses(role, post, on).exclude(Exists(passed)))


def courses_missing_to(steward: Steward, on: Any) -> list[Course]:
    """The same for a building steward. One query."""
    passed = valid_records(on).filter(steward=steward, course=OuterRef("pk"))
    return list(required_courses(BUILDING_STEWARD, "", on).exclude(Exists(passed)))


def courses() -> QuerySet[Course]:
    """Courses with requirements, ``sittings`` and how many records of passing hold today (``holders``). Two queries."""
    holding = Q(records__passed=True) & (Q(records__valid_until=None) | Q(records__valid_until__gte=TruncDate(Now())))
    return (
        Course.objects.annotate(
            sittings=Count("sessions", distinct=True), holders=Count("records", filter=holding, distinct=True)
        )
        .order_by("code")
        .prefetch_related(Prefetch("requirements", CourseRequirement.objects.order_by("role", "post")))
    )


def sessions(*, course: str = "") -> QuerySet[TrainingSession]:
    """Sittings, the latest first, with how many were ``recorded`` and how many ``passed``."""
    found = (
        TrainingSession.objects.select_related("course")
        .annotate(recorded=Count("records"), passed=Count("records", filter=Q(records__passed=True)))
        .order_by("-held_on", "-pk")
    )
    return found.filter(course__code=course) if course else found


def records(*, text: str = "", course: str = "", only: str = "") -> QuerySet[TrainingRecord]:
    """Records, the latest first; ``only`` is ``failed``, ``lapsed`` or ``expiring`` (within 30 days)."""
    found = TrainingRecord.objects.select_related("user", "steward", "course", "recorded_by").order_by(
        "-held_on", "-pk"
    )
    if text:
        found = found.filter(
            Q(user__full_name__icontains=text)
            | Q(user__username__icontains=text)
            | Q(steward__name__icontains=text)
            | Q(steward__pinyin__icontains=text)
            | Q(steward__number__iexact=text)
            | Q(certificate__iexact=text)
        )
    if course:
        found = found.filter(course__code=course)
    today = TruncDate(Now())
    if only == "failed":
        return found.filter(passed=False)
    if only == "lapsed":
        return found.filter(passed=True, valid_until__lt=today)
    if only == "expiring":
        ahead = TruncDate(Now() + EXPIRY_AHEAD)
        return found.filter(passed=True, valid_until__gte=today, valid_until__lte=ahead)
    return found


@dataclass(frozen=True, slots=True)
class Gap:
    """One person who holds a post and lacks a course for it, or whose record ends within 30 days.

    ``kind``: ``never`` passed, ``lapsed`` (on ``until``), ``expiring`` (on ``until``). ``before_rule``: in office since
    before the course was required, so that the post stays.
    """

    kind: str
    course_code: str
    course: str
    user_id: int | None
    steward_id: int | None
    name: str
    login: str
    post: str
    place: str
    since: dt.date
    before_rule: bool
    until: dt.date | None


# One pass over the posts in force; a requirement of a role counts for each of its posts. Stewards have no account: they
# stand in the column `person` below zero.
GAPS = """
WITH today AS (SELECT (lianqin_now() AT TIME ZONE %(zone)s)::date AS day),
held AS (
 SELECT m.user_id, NULL::bigint AS steward_id, m.role, m.post, m.unit_id, m.grid_id, NULL::bigint AS community_id,
  m.starts_on, m.user_id AS person FROM grids_membership m, today
 WHERE m.starts_on <= today.day AND (m.ends_on IS NULL OR m.ends_on > today.day)
 UNION ALL
 SELECT NULL, s.id, 'building_steward', '', NULL, NULL, s.community_id, s.on_duty_since, -s.id
 FROM grids_steward s
 WHERE s.state = 'on_duty'
),
best AS (
 SELECT coalesce(user_id, -steward_id) AS person, course_id, max(coalesce(valid_until, 'infinity')) AS until
 FROM grids_trainingrecord WHERE passed GROUP BY 1, 2
),
gap AS (
 SELECT DISTINCT ON (r.course_id, h.person) h.*, r.course_id, r.since, b.until,
  CASE WHEN b.until IS NULL THEN 'never' WHEN b.until < today.day THEN 'lapsed' ELSE 'expiring' END AS kind
 FROM held h CROSS JOIN today
 JOIN grids_courserequirement r ON r.role = h.role AND (r.post = '' OR r.post = h.post) AND r.since <= today.day
 JOIN grids_course c ON c.id = r.course_id AND c.active
 LEFT JOIN best b ON b.course_id = r.course_id AND b.person = h.person
 WHERE b.until IS NULL OR b.until <= today.day + %(ahead)s
 ORDER BY r.course_id, h.person, h.starts_on
)
SELECT g.kind, c.code, c.name, g.user_id, g.steward_id, coalesce(nullif(u.full_name, ''), u.username, s.name),
 coalesce(u.username, s.number), g.role, g.post, coalesce(un.short_name, gr.short_name, co.short_name), g.starts_on,
 g.starts_on < g.since, CASE WHEN g.kind = 'never' THEN NULL ELSE g.until END, count(*) OVER ()
FROM gap g JOIN grids_course c ON c.id = g.course_id
LEFT JOIN accounts_user u ON u.id = g.user_id LEFT JOIN grids_steward s ON s.id = g.steward_id
LEFT JOIN grids_unit un ON un.id = g.unit_id LEFT JOIN grids_grid gr ON gr.id = g.grid_id
LEFT JOIN grids_community co ON co.id = g.community_id
WHERE (%(course)s = '' OR c.code = %(course)s) AND (%(kind)s = '' OR g.kind = %(kind)s)
 AND (u.id IS NULL OR u.is_active)
 AND (%(text)s = '' OR concat_ws(' ', u.full_name, u.username, s.name, s.pinyin, s.number, un.short_name, un.pinyin,
  gr.short_name, gr.pinyin, co.short_name, co.pinyin) ILIKE %(like)s)
ORDER BY array_position(ARRAY['lapsed', 'never', 'expiring'], g.kind), c.code, g.starts_on, g.user_id, g.steward_id
LIMIT %(limit)s OFFSET %(offset)s
"""


def training_gaps(
    *, course: str = "", kind: str = "", text: str = "", limit: int | None = None, offset: int = 0
) -> tuple[list[Gap], int]:
    """Who is to be trained: lapsed first, then never, then those who expire within 30 days; and how many. One query."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, _asked(course=course, kind=kind, text=text, limit=limit, offset=offset))
        found = cursor.fetchall()
    return [_gap(row) for row in found], (found[0][-1] if found else 0)


def gap_counts() -> dict[str, int]:
    """How many are ``never``, ``lapsed`` and ``expiring``. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, count(*) FROM ({GAPS}) g GROUP BY kind", _asked())
        return {"never": 0, "lapsed": 0, "expiring": 0, **dict(cursor.fetchall())}


def _asked(
    *, course: str = "", kind: str = "", text: str = "", limit: int | None = None, offset: int = 0
) -> dict[str, Any]:
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return {
        "zone": settings.TIME_ZONE,
        "ahead": EXPIRY_AHEAD.days,
        "course": course,
        "kind": kind,
        "text": text,
        "like": like,
        "limit": limit,
        "offset": offset,
    }


def _gap(row: tuple[Any, ...]) -> Gap:
    kind, code, course, user, steward, name, login, role, post, place, since, before, until, _count = row
    label = Post(post).label if post else dict(TRAINED_ROLES)[role]
    return Gap(kind, code, course, user, steward, name, login, str(label), place or "", since, before, until)


def people_for_session(session: TrainingSession, *, text: str = "", limit: int = 40) -> list[User | Steward]:
    """Staff and stewards who may be added to a sitting, by name, account or unit. Two queries."""
    if not text:
        return []
    done = TrainingRecord.objects.filter(session=session)
    posts = Unit.objects.filter(memberships__user=OuterRef("pk")).filter(
        Q(short_name__icontains=text) | Q(pinyin__icontains=text)
    )
    staff = (
        User.objects.filter(kind="staff", officer="", is_active=True)
        .filter(Q(full_name__icontains=text) | Q(username__icontains=text) | Exists(posts))
        .exclude(pk__in=done.exclude(user=None).values("user"))
        .order_by("full_name", "pk")[:limit]
    )
    stewards = (
        Steward.objects.filter(state__in=("training", "on_duty"))
        .filter(Q(name__icontains=text) | Q(pinyin__icontains=text) | Q(number__iexact=text))
        .exclude(pk__in=done.exclude(steward=None).values("steward"))
        .select_related("community")
        .defer("community__boundary")[:limit]
    )
    return [*staff, *stewards]

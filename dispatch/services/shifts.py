"""The hours of a unit: templates, rotations, shifts generated ahead or written by hand, and their publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.models import Handover, Rotation, RotationMember, Shift, ShiftSegment, ShiftTemplate
from dispatch.permissions import may_edit_roster
from dispatch.rules.posts import CENTRES, UNIT_POSTS
from dispatch.rules.rosters import AHEAD_DAYS, HANDOVER_GRACE, Span, covers_the_day, span_of, step_at, step_due
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import Invalid

MOST_AT_A_POST = 50


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the day as it is asked for; ``needed`` says how many a post."""

    name: str
    start_minute: int
    minutes: int
    needed: Mapping[str, int]


def require_editor(by: Actor, unit: Unit) -> None:
    if not may_edit_roster(by, unit):
        raise NotAllowed


@transaction.atomic
def set_template(
    *, unit: Unit, name: str, segments: Sequence[Segment], swap_needs_approval: bool, by: Actor
) -> ShiftTemplate:
    """Give the unit other hours from now on; shifts that stand stay. Raises Invalid, NotAllowed."""
    require_editor(by, unit)
    _check_segments(unit, segments)
    ShiftTemplate.objects.select_for_update().filter(unit=unit, active=True).update(active=False)
    template = ShiftTemplate.objects.create(unit=unit, name=name, swap_needs_approval=swap_needs_approval)
    ShiftSegment.objects.bulk_create(
        ShiftSegment(
            template=template, place=place, name=each.name, start_minute=each.start_minute, minutes=each.minutes,
            needed=dict(each.needed),
        )
        for place, each in enumerate(segments)
    )  # fmt: skip
    detail = {"name": name, "segments": [f"{each.name} {each.start_minute}+{each.minutes}" for each in segments]}
    audit(actor_id=by.user_id, action="roster_template_set", object_label=unit.code, detail=detail)
    return template


@transaction.atomic
def set_rotation(
    *,
    template: ShiftTemplate,
    starts_on: dt.date,
    pattern: Sequence[int | None],
    teams: int,
    members: Iterable[tuple[int, int, str]],
    by: Actor,
) -> Rotation:
    """Let teams take turns from a day on; ``members`` are (team, user, post). Raises Invalid, NotAllowed."""
    require_editor(by, template.unit)
    places = set(template.segments.values_list("place", flat=True))
    if not pattern or len(pattern) % teams or not {each for each in pattern if each is not None} <= places:
        raise Invalid(fields={"pattern": [_("轮转天数应是班组数的整倍数，且只用本模板的班段")]})
    Rotation.objects.filter(template=template).delete()
    rotation = Rotation.objects.create(template=template, starts_on=starts_on, pattern=list(pattern), teams=teams)
    RotationMember.objects.bulk_create(
        RotationMember(rotation=rotation, team=team, user_id=user_id, post=post) for team, user_id, post in members
    )
    audit(actor_id=by.user_id, action="roster_rotation_set", object_label=template.unit.code)
    return rotation


@transaction.atomic
def generate_shifts(*, unit_ids: Iterable[int] | None = None, days: int = AHEAD_DAYS) -> int:
    """Write the shifts of all templates from today on that are not there yet; how many were new. Three statements."""
    now = clock.now()
    today = timezone.localdate(now)
    segments = ShiftSegment.objects.filter(template__active=True, template__unit__active=True)
    if unit_ids is not None:
        segments = segments.filter(template__unit_id__in=list(unit_ids))
    wanted = [
        _shift(segment, span, now)
        for segment in segments.select_related("template")
        for day in range(days)
        if (span := _span(segment, today + dt.timedelta(days=day))).ends_at > now
    ]
    units = {each.unit_id for each in wanted}
    since = min((each.starts_at for each in wanted), default=now)
    there = set(
        Shift.objects.filter(unit_id__in=units, starts_at__gte=since).values_list("unit_id", "starts_at", "name")
    )
    missing = [each for each in wanted if (each.unit_id, each.starts_at, each.name) not in there]
    Shift.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@transaction.atomic
def add_shift(*, unit: Unit, name: str, span: Span, needed: Mapping[str, int], by: Actor) -> Shift:
    """Write one shift by hand; the same again changes nothing. Raises Invalid, NotAllowed."""
    require_editor(by, unit)
    _check_needed(unit, needed)
    now = clock.now()
    length = span.ends_at - span.starts_at
    if not dt.timedelta(minutes=30) <= length <= dt.timedelta(days=1):
        raise Invalid(fields={"ends_at": [_("班次应在半小时至一天之间")]})
    if span.ends_at <= now:
        raise Invalid(fields={"ends_at": [_("不能补录已结束的班次")]})
    step = step_at(span.starts_at, now)
    told = {"ends_at": span.ends_at, "needed": dict(needed), "check_due_at": step_due(span.starts_at, step)}
    shift, is_new = Shift.objects.get_or_create(
        unit=unit, starts_at=span.starts_at, name=name, defaults={**told, "check_step": step}
    )
    if is_new:
        audit(actor_id=by.user_id, action="roster_shift_added", object_label=unit.code, detail={"shift": shift.pk})
    return shift


@transaction.atomic
def drop_shift(*, shift_id: int, by: Actor) -> None:
    """Take away a shift that was never published. Raises NotVisible, NotAllowed, RosterRefused."""
    shift = shift_locked(shift_id)
    require_editor(by, shift.unit)
    if shift.published:
        raise RosterRefused(_("已发布的班次不能删除，请改为调整人员"), code="shift_published")
    audit(actor_id=by.user_id, action="roster_shift_dropped", object_label=shift.unit.code, detail={"shift": shift.pk})
    shift.delete()


@transaction.atomic
def publish_shifts(*, unit: Unit, since: dt.date, until: dt.date, by: Actor) -> int:
    """Make the drafts of these days count, the last not among them; how many there were. Raises NotAllowed."""
    require_editor(by, unit)
    now = clock.now()
    drafts = list(
        Shift.objects.select_for_update()
        .filter(unit=unit, published_at=None, ends_at__gt=now, **within(since, until))
        .order_by("pk")
    )
    pks = [each.pk for each in drafts]
    Shift.objects.filter(pk__in=pks).update(published_at=now, published_by_id=by.user_id, check_due_at=now)
    if unit.kind in CENTRES:
        Handover.objects.bulk_create(
            [
                Handover(
                    shift=each, unit=unit, due_at=each.ends_at, alarm_due_at=each.ends_at + HANDOVER_GRACE
                )
                for each in drafts
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    if pks:
        detail = {"since": since.isoformat(), "until": until.isoformat(), "shifts": len(pks)}
        audit(actor_id=by.user_id, action="roster_published", object_label=unit.code, detail=detail)
    return len(pks)


def within(since: dt.date, until: dt.date) -> dict[str, dt.datetime]:
    """Shifts that begin on these local days, as a filter."""
    zone = timezone.get_default_timezone()
    return {
        "starts_at__gte": dt.datetime.combine(since, dt.time(), zone),
        "starts_at__lt": dt.datetime.combine(until, dt.time(), zone),
    }


def shift_locked(shift_id: int) -> Shift:
    """The shift with its unit, held until the end of the transaction. Raises NotVisible."""
    found = Shift.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=shift_id).first()
    if found is None:
        raise NotVisible
    return found


def _span(segment: ShiftSegment, day: dt.date) -> Span:
    return span_of(day, segment.start_minute, segment.minutes, timezone.get_default_timezone())


def _shift(segment: ShiftSegment, span: Span, now: dt.datetime) -> Shift:
    step = step_at(span.starts_at, now)
    return Shift(
        unit_id=segment.template.unit_id, segment=segment, name=segment.name, starts_at=span.starts_at,
        ends_at=span.ends_at, needed=segment.needed, check_step=step, check_due_at=step_due(span.starts_at, step),
    )  # fmt: skip


def _check_segments(unit: Unit, segments: Sequence[Segment]) -> None:
    if not segments or len({each.name for each in segments}) != len(segments):
        raise Invalid(fields={"segments": [_("至少一个班段，名称不能重复")]})
    for each in segments:
        _check_needed(unit, each.needed)
        if not (0 <= each.start_minute < 1440 and 30 <= each.minutes <= 1440):
            raise Invalid(fields={"segments": [_("班段应在半小时至一天之间")]})
    if unit.kind in CENTRES and not covers_the_day((each.start_minute, each.minutes) for each in segments):
        raise Invalid(fields={"segments": [_("指挥中心须全天24小时有人，班段之间不能有空档")]})


def _check_needed(unit: Unit, needed: Mapping[str, int]) -> None:
    posts = UNIT_POSTS.get(unit.kind, ())
    known = all(post in posts and 0 <= number <= MOST_AT_A_POST for post, number in needed.items())
    if not known or not any(needed.values()):
        raise Invalid(fields={"needed": [_("至少一个岗位需要有人，且只用本单位的岗位")]})


def generate_all() -> int:
    """What the beat does every hour: the shifts of the next fortnight, for every unit that keeps hours."""
    made = generate_shifts()
    if made:
        audit(actor_id=SYSTEM.user_id, action="roster_generated", detail={"shifts": made})
    return made

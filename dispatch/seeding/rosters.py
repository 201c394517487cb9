"""Synthetic rosters: hours, teams, seventeen days of shifts, two gaps, a swap that waits, hand-overs, positions."""

from __future__ import annotations

import datetime as dt
import random

from django.utils import timezone

from dispatch.models import (
    Handover,
    Rotation,
    RotationMember,
    Shift,
    ShiftSegment,
    ShiftTemplate,
    Swap,
    Watch,
    WatchState,
)
from dispatch.rules.rosters import AHEAD_DAYS, HANDOVER_GRACE, span_of, step_at, step_due, teams_on
from dispatch.seeding.roster_people import Crew, crews, write_positions
from lianqin.kernel import clock

DAYS_BEFORE = 3
# 四班三运转: two mornings, two afternoons, two nights, two days off.
ROUND_THE_CLOCK = (
    "三班倒",
    (("早班", 420, 480), ("中班", 900, 480), ("夜班", 1380, 480)),
    [0, 0, 1, 1, 2, 2, None, None],
    4,
)
# A day on call, two days free.
ON_CALL = ("值守", (("全天", 480, 1440),), [0, None, None], 3)
IMPORTANT = ("未来三天有寒潮，注意高空坠物和管道冻裂。", "区里通报燃气安全检查安排，周三前反馈。", "", "")
PENDING = ("两件道路积水等水务回复，须跟到退水。", "夜间施工扰民一件，已约十点复查。", "商户占道一件待城管回访。", "")


def seed_rosters() -> dict[str, int]:
    """Write them once; run again it changes nothing. Some twenty statements."""
    if ShiftTemplate.objects.exists():
        return {}
    now = clock.now()
    dice = random.Random(555)
    written: list[Shift] = []
    watches: list[Watch] = []
    for crew in crews():
        template, segments, rotation = _write_hours(crew, now)
        shifts = Shift.objects.bulk_create(_shifts(crew, segments, now))
        watches += [watch for shift in shifts for watch in _watches(crew, shift, rotation, now)]
        written += shifts
        if crew.has_handovers:
            _write_handovers(shifts, rotation, crew, now, dice)
        assert template.pk
    _leave_gaps(written, watches, now)
    watches = Watch.objects.bulk_create(watches)
    _write_swap(watches, now)
    positions = write_positions([each for each in watches if _runs(each.shift, now)], now, dice)
    return {"shifts": len(written), "watches": len(watches), "positions": positions}


def _write_hours(crew: Crew, now: dt.datetime) -> tuple[ShiftTemplate, list[ShiftSegment], Rotation]:
    name, parts, pattern, teams = ON_CALL if crew.on_call else ROUND_THE_CLOCK
    template = ShiftTemplate.objects.create(unit=crew.unit, name=name, swap_needs_approval=crew.has_handovers)
    segments = ShiftSegment.objects.bulk_create(
        ShiftSegment(template=template, place=place, name=part, start_minute=start, minutes=minutes, needed=crew.needed)
        for place, (part, start, minutes) in enumerate(parts)
    )
    rotation = Rotation.objects.create(
        template=template, starts_on=_start_for(crew, segments, pattern, teams, now), pattern=pattern, teams=teams
    )
    RotationMember.objects.bulk_create(
        RotationMember(rotation=rotation, team=team, user_id=user_id, post=post) for team, user_id, post in crew.members
    )
    return template, segments, rotation


def _start_for(
    crew: Crew, segments: list[ShiftSegment], pattern: list[int | None], teams: int, now: dt.datetime
) -> dt.date:
    """A first day by which the first team stands now: the accounts that people try are in it."""
    zone = timezone.get_default_timezone()
    today = timezone.localdate(now)
    for segment in segments:
        for day in (today - dt.timedelta(days=1), today):
            span = span_of(day, segment.start_minute, segment.minutes, zone)
            if span.starts_at <= now < span.ends_at:
                turn = next(n for n in range(len(pattern)) if 0 in teams_on(pattern, teams, n, segment.place))
                return day - dt.timedelta(days=turn + len(pattern) * 2)
    return today


def _shifts(crew: Crew, segments: list[ShiftSegment], now: dt.datetime) -> list[Shift]:
    zone = timezone.get_default_timezone()
    today = timezone.localdate(now)
    found = []
    for day in range(-DAYS_BEFORE, AHEAD_DAYS):
        for segment in segments:
            span = span_of(today + dt.timedelta(days=day), segment.start_minute, segment.minutes, zone)
            step = step_at(span.starts_at, now)
            # The second week is still being written.
            published = now if day < AHEAD_DAYS - 5 else None
            found.append(
                Shift(
                    unit=crew.unit, segment=segment, name=segment.name, starts_at=span.starts_at, ends_at=span.ends_at,
                    needed=segment.needed, published_at=published, check_step=step,
                    check_due_at=step_due(span.starts_at, step) if span.ends_at > now else None,
                )
            )  # fmt: skip
    return found


def _watches(crew: Crew, shift: Shift, rotation: Rotation, now: dt.datetime) -> list[Watch]:
    assert shift.segment is not None
    day = (timezone.localdate(shift.starts_at) - rotation.starts_on).days
    on = teams_on(rotation.pattern, rotation.teams, day, shift.segment.place)
    if shift.ends_at <= now:
        told = {"state": WatchState.RELIEVED, "taken_up_at": shift.starts_at, "left_at": shift.ends_at}
    elif shift.starts_at <= now:
        told = {"state": WatchState.PRESENT, "taken_up_at": shift.starts_at}
    else:
        told = {}
    # Taking up duty is voluntary: one in five does not say so.
    return [
        Watch(shift=shift, user_id=user_id, post=post, **(told if user_id % 5 else {}))
        for team, user_id, post in crew.members
        if team in on
    ]


def _leave_gaps(shifts: list[Shift], watches: list[Watch], now: dt.datetime) -> None:
    """Nobody in one shift of tomorrow, and no dispatcher in another: what the alarm is for."""
    coming = [
        each for each in shifts
        if now + dt.timedelta(hours=6) < each.starts_at < now + dt.timedelta(hours=23) and each.name != "全天"
    ]  # fmt: skip
    by_code = {each.unit.code: each for each in coming}
    empty, short = by_code.get("320111006-zx"), by_code.get("320111004-zx")
    watches[:] = [
        each for each in watches
        if each.shift is not empty and not (each.shift is short and each.post == "dispatcher")
    ]  # fmt: skip


def _write_handovers(
    shifts: list[Shift], rotation: Rotation, crew: Crew, now: dt.datetime, dice: random.Random
) -> None:
    by_start = {each.starts_at: each for each in shifts}
    rows = []
    for shift in shifts:
        if not shift.published:
            continue
        row = Handover(shift=shift, unit=crew.unit, due_at=shift.ends_at)
        after = by_start.get(shift.ends_at)
        if shift.ends_at > now:
            row.alarm_due_at = shift.ends_at + HANDOVER_GRACE
        elif after is not None:
            _sign(row, after, rotation, crew, dice)
        rows.append(row)
    Handover.objects.bulk_create(rows)


def _sign(row: Handover, after: Shift, rotation: Rotation, crew: Crew, dice: random.Random) -> None:
    goes, comes = _leader_of(row.shift, rotation, crew), _leader_of(after, rotation, crew)
    if goes is None or comes is None or goes == comes:
        return
    number = dice.randint(18, 60)
    row.taken_by_shift, row.written_by_id, row.signed_by_id = after, goes, comes
    row.written_at = row.due_at - dt.timedelta(minutes=dice.randint(3, 20))
    row.signed_at = row.due_at + dt.timedelta(minutes=dice.randint(0, 12))
    row.important, row.pending = dice.choice(IMPORTANT), dice.choice(PENDING)
    row.facts = {
        "open": number, "overdue": number // 9, "urgent": number // 7, "to_dispatch": number // 6,
        "supervised": number // 20,
    }  # fmt: skip


def _leader_of(shift: Shift, rotation: Rotation, crew: Crew) -> int | None:
    assert shift.segment is not None
    day = (timezone.localdate(shift.starts_at) - rotation.starts_on).days
    on = teams_on(rotation.pattern, rotation.teams, day, shift.segment.place)
    return next((user for team, user, post in crew.members if team in on and post == "duty_officer"), None)


def _write_swap(watches: list[Watch], now: dt.datetime) -> None:
    """A colleague asks the first dispatcher of the largest street to change a shift."""
    ours = [
        each for each in watches
        if each.shift.unit.code == "320111004-zx" and each.post == "duty_officer" and each.shift.published
        and each.shift.starts_at > now + dt.timedelta(hours=40)
    ]  # fmt: skip
    first = Watch.objects.filter(user__username="jp_dispatch").values_list("user_id", flat=True).first()
    mine = next((each for each in ours if each.user_id == first), None)
    theirs = next((each for each in ours if each.user_id != first), None)
    if first is None or mine is None or theirs is None:
        return
    Swap.objects.create(
        watch=theirs, asker_id=theirs.user_id, partner_id=first, partner_watch=mine, reason="家中有事，想换一天",
        due_at=min(mine.shift.starts_at, theirs.shift.starts_at),
    )  # fmt: skip


def _runs(shift: Shift, now: dt.datetime) -> bool:
    return shift.starts_at <= now < shift.ends_at

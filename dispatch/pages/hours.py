"""The form of a unit's hours: segments of the day, and teams that take turns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.models import DutyPost, Rotation, ShiftTemplate
from dispatch.rules.posts import POST_ROLES, UNIT_POSTS
from dispatch.services import Segment
from grids.models import Membership, Unit
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

LINES = 6
TEAMS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Line:
    """A segment as the form shows it; ``needed`` are (post, label, number)."""

    place: int
    name: str
    starts: str
    ends: str
    needed: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Member:
    user_id: int
    name: str
    role: str
    team: str
    post: str
    posts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HoursPage:
    unit: Unit
    template: ShiftTemplate | None
    name: str
    lines: tuple[Line, ...]
    swap_needs_approval: bool
    starts_on: str
    pattern: str
    teams: str
    members: tuple[Member, ...]
    posts: tuple[str, ...]


def hours_page(unit: Unit, typed: QueryDict | None = None) -> HoursPage:
    """Five queries. ``typed`` is shown again as it was."""
    template = ShiftTemplate.objects.filter(unit=unit, active=True).prefetch_related("segments").first()
    rotation = Rotation.objects.filter(template=template).prefetch_related("members").first() if template else None
    posts = UNIT_POSTS[unit.kind]
    stored = _stored_lines(template, posts)
    lines = [_typed_line(place, typed, posts) for place in range(LINES)] if typed else stored
    return HoursPage(
        unit=unit,
        template=template,
        name=_told(typed, "name", template.name if template else _("三班倒")),
        lines=tuple(lines),
        swap_needs_approval=typed.get("swap_needs_approval") == "1"
        if typed
        else template is None or template.swap_needs_approval,
        starts_on=_told(typed, "starts_on", rotation.starts_on.isoformat() if rotation else _today()),
        pattern=_told(typed, "pattern", _pattern_text(rotation, template)),
        teams=_told(typed, "teams", str(rotation.teams) if rotation else "4"),
        members=_members(unit, posts, rotation, typed),
        posts=tuple(str(DutyPost(post).label) for post in posts),
    )


def hours_told(unit: Unit, told: QueryDict) -> dict[str, Any]:
    """What the form asks for, as services.set_template takes it. Raises Invalid."""
    segments = [each for place in range(LINES) if (each := _segment(unit, told, place)) is not None]
    return {
        "name": told.get("name", "").strip()[:40] or _("班次"),
        "segments": segments,
        "swap_needs_approval": told.get("swap_needs_approval") == "1",
    }


def rotation_told(unit: Unit, told: QueryDict) -> dict[str, Any] | None:
    """What the form asks for, as services.set_rotation takes it; None without a pattern. Raises Invalid."""
    text = told.get("pattern", "").strip()
    if not text:
        return None
    names = [each.strip() for place in range(LINES) if (each := told.get(f"name{place}", "").strip())]
    pattern = [_place_of(word, names) for word in text.replace("，", " ").replace(",", " ").split()]
    teams = whole(told.get("teams"), 1) or 0
    if not 1 <= teams <= len(TEAMS):
        raise Invalid(fields={"teams": [_("班组数应在 1 至 8 之间")]})
    try:
        starts_on = dt.date.fromisoformat(told.get("starts_on", ""))
    except ValueError:
        raise Invalid(fields={"starts_on": [_("请填写轮班起始日")]}) from None
    members = [
        (TEAMS.index(team), user, told.get(f"post{user}", ""))
        for name in told
        if name.startswith("team") and (user := whole(name[4:])) is not None
        if (team := told.get(name, "")) and team in TEAMS[:teams]
    ]
    if any(post not in UNIT_POSTS[unit.kind] for _team, _user, post in members):
        raise Invalid(fields={"members": [_("班组成员的岗位不对")]})
    return {"starts_on": starts_on, "pattern": pattern, "teams": teams, "members": members}


def _place_of(word: str, names: list[str]) -> int | None:
    if word in ("休", "休息"):
        return None
    if word not in names:
        raise Invalid(fields={"pattern": [_("轮转里的“%s”不是班段的名称，休息请写“休”") % word]})
    return names.index(word)


def _segment(unit: Unit, told: QueryDict, place: int) -> Segment | None:
    name = told.get(f"name{place}", "").strip()
    if not name:
        return None
    start, end = _minute(told.get(f"starts{place}", "")), _minute(told.get(f"ends{place}", ""))
    needed = {}
    for post in UNIT_POSTS[unit.kind]:
        people = whole(told.get(f"{post}{place}") or "0", 3)
        if people is None:
            raise Invalid(fields={"needed": [_("人数应为整数")]})
        if people:
            needed[post] = people
    # From eight to eight is the whole day.
    return Segment(name[:20], start, (end - start) % 1440 or 1440, needed)


def _minute(text: str) -> int:
    try:
        found = dt.time.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={"segments": [_("请填写班段的起止时间")]}) from None
    return found.hour * 60 + found.minute


def _stored_lines(template: ShiftTemplate | None, posts: tuple[str, ...]) -> list[Line]:
    lines = []
    for segment in template.segments.all() if template else ():
        end = (segment.start_minute + segment.minutes) % 1440
        needed = _needed(posts, {post: str(number) for post, number in segment.needed.items()})
        lines.append(Line(segment.place, segment.name, _clock(segment.start_minute), _clock(end), needed))
    return lines + [Line(place, "", "", "", _needed(posts, {})) for place in range(len(lines), LINES)]


def _typed_line(place: int, typed: QueryDict, posts: tuple[str, ...]) -> Line:
    needed = _needed(posts, {post: typed.get(f"{post}{place}", "") for post in posts})
    name, starts, ends = (typed.get(f"{each}{place}", "") for each in ("name", "starts", "ends"))
    return Line(place, name, starts, ends, needed)


def _needed(posts: tuple[str, ...], numbers: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((post, str(DutyPost(post).label), numbers.get(post, "")) for post in posts)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _told(typed: QueryDict | None, name: str, known: str) -> str:
    return typed.get(name, "") if typed else known


def _today() -> str:
    return timezone.localdate(clock.now()).isoformat()


def _pattern_text(rotation: Rotation | None, template: ShiftTemplate | None) -> str:
    if rotation is None or template is None:
        return ""
    names = {segment.place: segment.name for segment in template.segments.all()}
    return " ".join("休" if place is None else names.get(place, "休") for place in rotation.pattern)


def _members(
    unit: Unit, posts: tuple[str, ...], rotation: Rotation | None, typed: QueryDict | None
) -> tuple[Member, ...]:
    held = {each.user_id: (TEAMS[each.team], each.post) for each in rotation.members.all()} if rotation else {}
    rows = (
        memberships_in_force().filter(unit=unit, user__is_active=True).select_related("user").order_by("user__pinyin")
    )
    found: dict[int, Member] = {}
    for row in rows:
        fitting = tuple((post, str(DutyPost(post).label)) for post in posts if row.role in POST_ROLES[post])
        if fitting and row.user_id not in found:
            found[row.user_id] = _member(row, fitting, held, typed)
    return tuple(found.values())


def _member(
    row: Membership, fitting: tuple[tuple[str, str], ...], held: Mapping[int, tuple[str, str]], typed: QueryDict | None
) -> Member:
    team, post = held.get(row.user_id, ("", ""))
    team, post = _told(typed, f"team{row.user_id}", team), _told(typed, f"post{row.user_id}", post)
    return Member(row.user_id, str(row.user), str(row.get_role_display()), team, post, fitting)

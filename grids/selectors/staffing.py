"""Who is missing, who does too much: posts against their norms, today."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..ground import in_force
from ..models import Grid, GridKind, Membership, Post, Role, Unit, UnitKind
from ..rules import GRIDS_A_LEADER, NEEDS_DEPUTY, POST_NORMS, grid_in
from .people import memberships_in_force

# What each kind of fault is called, and how much it matters: without the first ones an order goes nowhere.
KINDS: dict[str, tuple[str | Promise, str]] = {
    "centre_empty": (_("中心无派遣员"), "critical"),
    "department_empty": (_("参勤单位无人员"), "critical"),
    "station_empty": (_("工作站无联勤员"), "warn"),
    "no_full_time": (_("网格缺专职网格员"), "critical"),
    "no_leader": (_("网格缺网格长"), "warn"),
    "too_few": (_("兼职网格员不足"), "warn"),
    "too_many": (_("兼职网格员超员"), "muted"),
    "no_deputy": (_("缺副职或B角"), "warn"),
    "deputy_of_nobody": (_("所协助的人已离任"), "warn"),
    "full_time_twice": (_("一人专职多格"), "critical"),
    "leads_many": (_("一人任多格网格长"), "warn"),
    "full_time_elsewhere": (_("专职网格员兼任他职"), "warn"),
}


@dataclass(frozen=True, slots=True)
class StaffingFault:
    """One thing to mend. ``grid`` or ``unit`` (codes) or ``user_id`` says where; ``says`` in words, with figures."""

    kind: str
    name: str
    street: str
    says: str | Promise
    grid: str = ""
    unit: str = ""
    user_id: int | None = None

    @property
    def title(self) -> str | Promise:
        return KINDS[self.kind][0]

    @property
    def tone(self) -> str:
        return KINDS[self.kind][1]


class _Place(NamedTuple):
    pk: int
    code: str
    name: str
    kind: str
    street: str


@dataclass(slots=True)
class Held:
    """The posts of today by grid, by unit and by person."""

    on_grid: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    in_unit: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    of_person: dict[int, list[Membership]] = field(default_factory=lambda: defaultdict(list))


def staffing_faults(*, street: str = "") -> list[StaffingFault]:
    """Everything outside the norms today, the gravest first; ``street`` (code) narrows. Three queries in all."""
    held = _held()
    faults = [*_of_units(held, street), *_of_grids(held, street), *_of_people(held, street)]
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    return sorted(faults, key=lambda fault: (order[fault.kind], fault.street, fault.name))


def _held() -> Held:
    posts = memberships_in_force().filter(user__is_active=True)
    posts = posts.select_related("user", "unit", "grid__community__street", "deputy_of").only(
        "role", "post", "standing", "unit_id", "grid_id", "user__full_name", "user__username", "unit__short_name",
        "unit__code", "unit__street_id", "grid__short_name", "grid__code", "grid__community__short_name",
        "grid__community__street__short_name", "grid__community__street__code", "deputy_of__ends_on",
    )  # fmt: skip
    held = Held()
    for post in posts.order_by("pk"):
        held.of_person[post.user_id].append(post)
        if post.grid_id is not None and not post.standing:
            held.on_grid[post.grid_id][post.post] += 1
        if post.unit_id is not None:
            held.in_unit[post.unit_id][post.role] += 1
    return held


def _of_units(held: Held, street: str) -> Iterator[StaffingFault]:
    units = Unit.objects.filter(active=True).select_related("street").defer("street__boundary")
    if street:
        units = units.filter(street__code=street)
    for unit in units.order_by("code"):
        roles = held.in_unit.get(unit.pk, Counter())
        at = StaffingFault("", unit.short_name, str(unit.street or ""), "", unit=unit.code)
        if unit.kind in (UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER):
            wanted = Role.DISTRICT_DISPATCHER if unit.kind == UnitKind.COMMAND_CENTER else Role.STREET_DISPATCHER
            if not roles[wanted]:
                yield _said(at, "centre_empty", _("没有在任的派遣员，工单无人派遣"))
        elif unit.kind == UnitKind.DUTY_DEPARTMENT and not roles[Role.DEPARTMENT_HANDLER]:
            yield _said(at, "department_empty", _("没有在任的处置人员，派单无人签收"))
        elif unit.kind == UnitKind.WORKSTATION and not roles[Role.COMMUNITY_OFFICER]:
            yield _said(at, "station_empty", _("没有在任的社区联勤员，工单直接到街道"))


def _of_grids(held: Held, street: str) -> Iterator[StaffingFault]:
    grids = Grid.objects.filter(in_force())
    if street:
        grids = grids.filter(community__street__code=street)
    rows = grids.order_by("code").values_list(
        "pk", "code", "short_name", "kind", "community__street__short_name", "community__short_name"
    )
    for pk, code, name, kind, in_street, community in rows:
        place = _Place(pk, code, grid_in(community, name), kind, in_street)
        yield from _of_grid(place, held.on_grid.get(pk, Counter()))


def _of_grid(place: _Place, posts: Counter[str]) -> Iterator[StaffingFault]:
    at = StaffingFault("", place.name, place.street, "", grid=place.code)
    if not posts[Post.GRID_LEADER]:
        yield _said(at, "no_leader", _("没有网格长"))
    # A dedicated grid is headed by its occupying unit; the norms of workers are those of comprehensive grids.
    if place.kind == GridKind.DEDICATED:
        return
    if not posts[Post.FULL_TIME_WORKER]:
        yield _said(at, "no_full_time", _("没有专职网格员（一格一员）"))
    norm, count = POST_NORMS[Post.PART_TIME_WORKER], posts[Post.PART_TIME_WORKER]
    figures = {"n": count, "least": norm.least, "most": norm.most}
    if count < norm.least:
        yield _said(at, "too_few", _("兼职 %(n)d 人，标准 %(least)d 至 %(most)d 人") % figures)
    elif count > norm.most:
        yield _said(at, "too_many", _("兼职 %(n)d 人，标准 %(least)d 至 %(most)d 人") % figures)


def _of_people(held: Held, street: str) -> Iterator[StaffingFault]:
    for user_id, posts in held.of_person.items():
        here = street_of(posts)
        if street and here[0] != street:
            continue
        at = StaffingFault("", str(posts[0].user), here[1], "", user_id=user_id)
        full = [post for post in posts if post.post == Post.FULL_TIME_WORKER and not post.standing]
        leads = [post for post in posts if post.post == Post.GRID_LEADER and not post.standing]
        if len(full) > 1:
            yield _said(at, "full_time_twice", _("专职于 %s") % _grids(full))
        if len(leads) > GRIDS_A_LEADER:
            yield _said(at, "leads_many", _("任 %(n)d 个网格的网格长") % {"n": len(leads)})
        if full and any(post.unit_id is not None for post in posts):
            units = "、".join(str(post.unit) for post in posts if post.unit_id is not None)
            yield _said(at, "full_time_elsewhere", _("同时在 %s 任职") % units)
        yield from _of_deputies(held, posts, at)


def _of_deputies(held: Held, posts: list[Membership], at: StaffingFault) -> Iterator[StaffingFault]:
    for post in posts:
        if post.deputy_of is not None and post.deputy_of.ends_on is not None and not _stands(held, post):
            yield _said(at, "deputy_of_nobody", _("须改为协助继任者，或正式任职"))
        elif post.role in NEEDS_DEPUTY and not post.standing and _is_alone(held, post):
            said = _("%(unit)s %(role)s 没有副职或B角") % {"unit": post.unit, "role": post.get_role_display()}
            yield replace(at, kind="no_deputy", says=said, unit=post.unit.code if post.unit else "")


def _is_alone(held: Held, post: Membership) -> bool:
    """True if nobody else holds the role in the unit: another holder, deputy or not, would take over."""
    return post.unit_id is not None and held.in_unit[post.unit_id][post.role] < 2


def _said(at: StaffingFault, kind: str, says: str | Promise) -> StaffingFault:
    return replace(at, kind=kind, says=says)


def _stands(held: Held, deputy: Membership) -> bool:
    """True while the one who is deputized is still in office."""
    return any(deputy.deputy_of_id == post.pk for posts in held.of_person.values() for post in posts)


def _grids(posts: list[Membership]) -> str:
    return "、".join(grid_in(str(post.grid.community), str(post.grid)) for post in posts if post.grid is not None)


def street_of(posts: list[Membership]) -> tuple[str, str]:
    """(code, name) of the street that the first post on a grid lies in."""
    for post in posts:
        if post.grid is not None:
            street = post.grid.community.street
            return street.code, str(street)
    return "", ""


def staffing_summary() -> dict[str, int]:
    """Posts of today in figures: members, full-time, part-time, leaders. One query."""
    held = memberships_in_force().filter(user__is_active=True)
    return held.aggregate(
        people=Count("user", distinct=True),
        full_time=Count("pk", filter=Q(post=Post.FULL_TIME_WORKER)),
        part_time=Count("pk", filter=Q(post=Post.PART_TIME_WORKER)),
        leaders=Count("pk", filter=Q(post=Post.GRID_LEADER)),
    )

"""What the pickers of one order offer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count
from django.utils.translation import gettext as _

from catalogue.selectors import category_tree, default_unit_id
from grids.models import Membership, Street, Unit
from grids.selectors import memberships_in_force, units_for_dispatch
from workorders.models import Assignment, WorkOrder
from workorders.pages.entries import Choice
from workorders.pages.tags import Tag, Text
from workorders.states import LIVE_ASSIGNMENT, AssignmentStatus


@dataclass(frozen=True)
class Choices:
    """What the pickers of one order offer; read only if a form needs it."""

    order: WorkOrder

    @cached_property
    def default_unit(self) -> int | None:
        """None once that department has returned the order: it is not chosen for anybody a second time."""
        order = self.order
        if order.category is None:
            return None
        found = default_unit_id(
            category=order.category,
            level=order.level,
            street_id=order.street_id,
            district_id=order.district_id,
            community_id=order.community_id,
            grid_id=order.grid_id,
        )
        returned = {part.unit_id for part in order.assignments.all() if part.status == AssignmentStatus.RETURNED}
        return None if found in returned else found

    @cached_property
    def departments(self) -> list[Unit]:
        order = self.order
        found = units_for_dispatch(level=order.level, street_id=order.street_id, district_id=order.district_id)
        first = self.default_unit
        return sorted(found, key=lambda unit: (unit.pk != first, unit.level, unit.street_id or 0, unit.pinyin))

    @cached_property
    def default_name(self) -> str:
        return next((unit.short_name for unit in self.departments if unit.pk == self.default_unit), "")

    @cached_property
    def loads(self) -> dict[int, int]:
        """How many open parts each department has in hand. One query."""
        live = Assignment.objects.filter(status__in=LIVE_ASSIGNMENT, unit__in=[unit.pk for unit in self.departments])
        return dict(live.order_by().values("unit").annotate(number=Count("pk")).values_list("unit", "number"))

    def units(self, *, suggest: bool) -> tuple[Choice, ...]:
        return tuple(self._unit(unit, suggest and unit.pk == self.default_unit) for unit in self.departments)

    def _unit(self, unit: Unit, suggested: bool) -> Choice:
        group: Text = unit.street.name if unit.street is not None else _("区级部门")
        return Choice(
            value=unit.code,
            label=unit.name,
            note=_("事项目录的默认承办单位，在办 %d 件") % self.load(unit)
            if suggested
            else _("在办 %d 件") % self.load(unit),
            group=_("推荐") if suggested else group,
            search=unit.pinyin,
            tag=Tag(_("推荐"), "primary") if suggested else Tag(_("垂直管理"), "muted") if unit.vertical else None,
            checked=suggested,
        )

    def load(self, unit: Unit) -> int:
        return self.loads.get(unit.pk, 0)

    def part_units(self, *, live: bool) -> tuple[Choice, ...]:
        taken = {part.unit_id: part for part in self.order.assignments.all() if part.is_live}
        if live:
            return tuple(Choice(part.unit.code, part.unit.name) for part in taken.values() if part.role == "assist")
        return tuple(self._unit(unit, False) for unit in self.departments if unit.pk not in taken)

    def categories(self) -> tuple[Choice, ...]:
        current = self.order.category_id
        return category_choices(current)

    def workers(self) -> tuple[Choice, ...]:
        posts = memberships_in_force().filter(grid__community=self.order.community).select_related("user", "grid")
        rows = posts.defer("grid__boundary").order_by("grid__code", "pk")
        return tuple(self._worker(post) for post in rows)

    def _worker(self, post: Membership) -> Choice:
        here = post.grid_id == self.order.grid_id
        tag = Tag(_("本网格"), "primary") if here else None
        return Choice(post.user.username, post.user.full_name, str(post.get_post_display()), str(post.grid), tag=tag)

    def streets(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(street.code, street.name, search=street.pinyin, checked=street.pk == self.order.street_id)
            for street in Street.objects.defer("boundary").order_by("code")
        )

    @cached_property
    def superseded(self) -> list[Assignment]:
        return [part for part in self.order.assignments.all() if part.status == AssignmentStatus.SUPERSEDED]

    @property
    def has_superseded(self) -> bool:
        return bool(self.superseded)

    @property
    def superseded_names(self) -> str:
        return "、".join(dict.fromkeys(part.unit.short_name for part in self.superseded))


def category_choices(current: int | None) -> tuple[Choice, ...]:
    """All matters under their classes."""
    return tuple(
        Choice(
            value=leaf.code,
            label=leaf.name,
            group=top.name,
            search=leaf.pinyin,
            tag=Tag(_("垂直管理"), "muted") if leaf.vertical else None,
            checked=leaf.id == current,
        )
        for top in category_tree()
        for leaf in top.children
    )

"""Who can stand in which post of a roster, and what is said against it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Which roles of the ground may take a post. A unit's leader may sit in any of them but the patrol.
POST_ROLES: Mapping[str, frozenset[str]] = {
    "duty_officer": frozenset(
        {"district_commander", "district_dispatcher", "street_dispatcher", "supervisor", "unit_leader"}
    ),
    "dispatcher": frozenset({"district_dispatcher", "street_dispatcher", "unit_leader"}),
    "on_call": frozenset({"department_handler", "unit_leader"}),
    "patrol": frozenset({"grid_worker", "department_handler", "community_officer"}),
}
# What posts a kind of unit has.
UNIT_POSTS: Mapping[str, tuple[str, ...]] = {
    "command_center": ("duty_officer", "dispatcher", "on_call"),
    "sub_center": ("duty_officer", "dispatcher", "patrol"),
    "duty_department": ("on_call", "patrol"),
    "workstation": ("on_call", "patrol"),
}
# Units that answer day and night, and hand over from shift to shift.
CENTRES = frozenset({"command_center", "sub_center"})

DOUBLE, LEAVE, LEFT, UNTRAINED, REST = "double", "leave", "left", "untrained", "rest"
# What nobody may overrule: to be in two places, to be away, to have no post, not to have passed what the post asks.
HARD = frozenset({DOUBLE, LEAVE, LEFT, UNTRAINED})
CONFLICTS: Mapping[str, str | Promise] = {
    DOUBLE: _("同一时段已有班次"),
    LEAVE: _("请假"),
    LEFT: _("已不在岗位"),
    UNTRAINED: _("未完成上岗培训"),
    REST: _("距相邻班次不足 8 小时"),
}

"""The sections of the configuration, in the order of the rail: who sees which."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from configuration.permissions import (
    Rule,
    answers_for_ground,
    configures,
    sees_cameras,
    sees_elements,
    takes_part_in_admissions,
    works_at_centre,
)
from lianqin.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Section:
    """``name`` is the URL name within ``configuration:``; ``seen_by`` decides who finds it and who may open it."""

    name: str
    title: str | Promise
    group: str | Promise
    icon: str
    seen_by: Rule


_START, _GROUND, _PEOPLE, _RULES, _CHECKS = _("开始"), _("地"), _("人"), _("事"), _("核")
SECTIONS: tuple[Section, ...] = (
    Section("overview", _("配置总览"), _START, "list-check", answers_for_ground),
    Section("imports", _("导入与导出"), _START, "file-import", answers_for_ground),
    Section("grids", _("区划与网格"), _GROUND, "building-community", works_at_centre),
    Section("boundaries", _("网格划分"), _GROUND, "map-2", answers_for_ground),
    Section("elements", _("要素"), _GROUND, "map-pin", sees_elements),
    Section("cameras", _("视频点位"), _GROUND, "camera", sees_cameras),
    Section("basemaps", _("地图底图"), _GROUND, "stack-2", configures),
    Section("units", _("单位与派驻"), _PEOPLE, "building-bank", works_at_centre),
    Section("people", _("人员与岗位"), _PEOPLE, "users", answers_for_ground),
    Section("training", _("培训"), _PEOPLE, "school", answers_for_ground),
    Section("stewards", _("楼栋长"), _PEOPLE, "home-star", answers_for_ground),
    Section("categories", _("事项目录"), _RULES, "category", works_at_centre),
    Section("responsibilities", _("权责清单"), _RULES, "scale", works_at_centre),
    Section("deadlines", _("时限规则"), _RULES, "clock", works_at_centre),
    Section("calendars", _("工作日历"), _RULES, "calendar", works_at_centre),
    Section("admissions", _("事项准入"), _RULES, "clipboard-check", takes_part_in_admissions),
    Section("whistle-rules", _("自动吹哨"), _RULES, "run", works_at_centre),
    Section("channels", _("消息通道"), _RULES, "send", configures),
    Section("approvals", _("待审批"), _CHECKS, "checks", answers_for_ground),
    Section("preflight", _("配置体检"), _CHECKS, "stethoscope", works_at_centre),
    Section("changes", _("变更记录"), _CHECKS, "history", configures),
)
BY_NAME = {section.name: section for section in SECTIONS}


def sections_for(actor: Actor) -> list[Section]:
    return [section for section in SECTIONS if section.seen_by(actor)]

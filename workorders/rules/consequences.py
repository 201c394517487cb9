"""What a step of a clock does, said of the future in plain Chinese. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workorders.rules.ladders import Effect

CONSEQUENCES: Mapping[str, str | Promise] = {
    Effect.WARN: _("提醒责任单位"),
    Effect.REMIND: _("自动催办"),
    Effect.ESCALATE: _("自动升级至区联勤指挥中心"),
    Effect.SUPERVISE: _("系统发出督办"),
    Effect.TAKE_BACK: _("自动退回指挥中心，计一次退单"),
    Effect.REFUSE: _("无人审批即视为不同意"),
    Effect.RAISE: _("自动提交上一级裁决"),
    Effect.RESUME: _("自动恢复办理"),
    Effect.UNREACHED: _("记为未接通"),
}

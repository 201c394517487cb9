"""How each action looks and what it promises: one line per action, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from workorders.pages.tags import Text, Tone
from workorders.states import AssignmentStatus, Level, Status


@dataclass(frozen=True, slots=True)
class Look:
    """``rank`` below 10 stands in the action bar, from 10 on under 更多; the smallest is the main action."""

    rank: int
    icon: str
    done: Text
    explanation: Text = ""
    tone: Literal["primary", "plain", "danger"] = "plain"
    reason_hint: Text = ""


LOOKS: Mapping[str, Look] = {
    "acknowledge": Look(0, "writing-sign", _("已签收"), _("签收后由本单位处置。处置时限自派遣时起算。")),
    "submit_result": Look(0, "upload", _("已反馈"), _("写明做了什么、结果如何；照片应在现场附近拍摄。")),
    "place": Look(0, "map-pin-check", _("已定位"), _("定位后自动归入所在街道，由街道受理。")),
    "register": Look(1, "clipboard-check", _("已立案"), _("立案后开始计算办结时限。")),
    "arbitrate": Look(1, "gavel", _("仲裁已生效"), _("仲裁具有约束力，被指定的单位不得再退单。")),
    "dispatch": Look(1, "send", _("已派遣"), _("一家主办，可有多家协办；时限从派遣时起算。")),
    "verify": Look(1, "circle-check", _("已核查通过，工单结案"), _("处置单位不能核查自己的工单。")),
    "claim": Look(1, "hand-stop", _("已认领"), _("认领后由社区先办；街道的受理时限继续计时。")),
    "handle_on_site": Look(2, "home-check", _("已记录现场处置"), _("当场办结的事项，由他人确认后结案。")),
    "callback": Look(2, "headset", _("回访已记录")),
    "resume": Look(2, "player-play", _("已恢复办理")),
    "assign_worker": Look(2, "user-plus", _("已指派网格员")),
    "rework": Look(3, "rotate-clockwise-2", _("已退回返工"), _("写清哪里不合格、要补做什么。")),
    "hand_down": Look(3, "arrow-bar-to-down", _("已交办街道"), _("每件只能交办一次；区级办结时限继续计时。")),
    "pass_up": Look(3, "arrow-bar-up", _("已上交街道")),
    "return_assignment": Look(
        4, "arrow-back-up", _("已退单"), _("每个单位对一件工单只能退一次，第三次退单将提请仲裁。")
    ),
    "comment": Look(5, "message", _("说明已加入处理记录")),
    "decline": Look(6, "circle-x", _("已提交，等待另一人审批"), _("理由会告知上报人；须由另一人批准。")),
    "escalate": Look(7, "arrow-bar-up", _("已升级到区"), _("由区联勤指挥中心接手；已完成的部分保留。"), "danger"),
    "reopen": Look(7, "refresh", _("已重启"), _("回到原层级重新办理，换一人核查。")),
    "contest": Look(7, "speakerphone", _("异议已提交区级"), _("五个工作日内可提一次，区级决定为最终决定。")),
    "register_to_district": Look(10, "building-bank", _("已直报区级"), _("用于垂直管理事项、跨街道事项，或写明理由。")),
    "relocate": Look(11, "map-pin-share", _("位置已更正"), _("受理时限不重新计算；第二次更正将由区级受理。")),
    "reclassify": Look(12, "replace", _("事项已更正"), _("时限按新的事项、从原来的起点重新推算。")),
    "merge": Look(13, "git-merge", _("已并案"), _("以主单为准，到期时间取较早者；主单结案时一并答复所有上报人。")),
    "adjust": Look(14, "users-group", _("协办单位已调整"), _("主办单位不变；新增的协办单位从现在起计时。")),
    "override": Look(15, "checks", _("已代结"), _("协办单位未完成而主办已解决时使用，理由记入流水。")),
    "contest_return": Look(16, "gavel", _("已提请仲裁"), _("由上一级中心未参与派遣的人裁定。")),
    "extend": Look(17, "clock-plus", _("已提交，等待上一级审批"), _("每一层级一次；审批期间原时限继续计时。")),
    "shelve": Look(18, "clock-pause", _("已提交，等待上一级审批"), _("须定复核日期，到期自动恢复；最多两次。")),
    "withdraw": Look(19, "arrow-back-up", _("已撤回"), "", "danger"),
    "void": Look(20, "trash", _("已提交，等待另一人审批"), _("作废不可恢复，须由另一人批准。"), "danger"),
}
# The key that takes an action; J K X F B M and the brackets are the page's own.
LETTERS: Mapping[str, str] = {
    "acknowledge": "s", "submit_result": "s", "place": "p", "register": "r", "arbitrate": "y", "dispatch": "d",
    "verify": "v", "claim": "c", "handle_on_site": "h", "callback": "c", "resume": "r", "assign_worker": "w",
    "rework": "w", "hand_down": "h", "pass_up": "u", "return_assignment": "t", "comment": "n", "decline": "z",
    "escalate": "e", "reopen": "r", "contest": "y", "register_to_district": "q", "relocate": "l", "reclassify": "g",
    "merge": "i", "adjust": "y", "override": "o", "contest_return": "z", "extend": "u", "shelve": "o",
    "withdraw": "w", "void": "t",
}  # fmt: skip
BAR_ENDS_AT = 10
MOST_IN_BAR = 4

STATUS_TONES: Mapping[str, Tone] = {
    Status.REPORTED: "primary",
    Status.REGISTERED: "warn",
    Status.DISPATCHED: "primary",
    Status.HANDLING: "primary",
    Status.SUBMITTED: "primary",
    Status.SHELVED: "muted",
    Status.CLOSED: "ok",
    Status.DECLINED: "muted",
    Status.MERGED: "muted",
    Status.VOIDED: "muted",
}
STATUS_ICONS: Mapping[str, str] = {
    Status.CLOSED: "check",
    Status.SHELVED: "player-pause",
    Status.MERGED: "git-merge",
    Status.DECLINED: "x",
    Status.VOIDED: "x",
}
LEVEL_TONES: Mapping[str, Tone] = {Level.STREET: "ok", Level.DISTRICT: "warn"}
URGENCY_TONES: Mapping[str, Tone] = {"urgent": "warn", "critical": "critical"}
PART_TONES: Mapping[str, Tone] = {
    AssignmentStatus.PENDING: "warn",
    AssignmentStatus.ACKNOWLEDGED: "primary",
    AssignmentStatus.DONE: "ok",
    AssignmentStatus.OVERRIDDEN: "ok",
}
TIERS: Mapping[int, Text] = {1: _("一级督办"), 2: _("二级督办"), 3: _("三级督办")}
PAUSES: Mapping[str, Text] = {
    Status.SUBMITTED: _("等待核查，期间不计时"),
    Status.SHELVED: _("挂账期间不计时"),
}

"""What people can be told of: a line per kind, with the sentences that it can say. Pure.

Another part adds its kind here. A sentence is made of codes, figures, times and names of units and places: never of
what somebody wrote, never of a person. Of the facts given to a notice those are kept that its kind's sentences name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Says:
    """One way to say it, if all that it names is known, and ``when`` too."""

    text: Text
    when: tuple[str, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        return frozenset(PLACEHOLDER.findall(str(self.text))) | frozenset(self.when)


@dataclass(frozen=True, slots=True)
class Kind:
    """``label``: no two have the same; ``says``: the first that can be said is; the last needs nothing."""

    label: Text
    says: tuple[Says, ...]

    @property
    def named(self) -> frozenset[str]:
        return frozenset().union(*(each.named for each in self.says))


def kind(label: Text, *says: Says | Text) -> Kind:
    return Kind(label, tuple(each if isinstance(each, Says) else Says(each) for each in says))


# Of events of orders: ``stage``, ``tier``, ``request``, ``used`` and ``ending`` are put into words by the selectors.
OF_ORDERS: Mapping[str, Kind] = {
    "supervised": kind(_("逾期督办"), _("%(stage)s逾期，发出%(tier)s"), _("逾期，发出督办单")),
    "escalated": kind(_("升级到区"), _("%(stage)s超时，已自动升级到区"), _("已由区联勤指挥中心接手")),
    "warned": kind(_("时限预警"), _("%(stage)s时限%(used)s"), _("时限将到期")),
    "reminded": kind(_("到期催办"), _("%(stage)s到期，请尽快办理"), _("到期，请尽快办理")),
    "dispatched": kind(_("新派单"), _("新派单，请签收")),
    "returned": kind(_("退单"), Says(_("逾期未签收，系统退回"), when=("stage",)), _("承办单位退单，请重新派遣")),
    "requested": kind(_("待审批"), _("申请%(request)s，等待审批"), _("有申请等待审批")),
    "approved": kind(_("申请已同意"), _("申请已获同意")),
    "refused": kind(
        _("申请未同意"),
        Says(_("%(request)s申请逾期未批，视为不同意"), when=("expired",)),
        _("%(request)s申请未获同意"),
        _("申请未获同意"),
    ),
    "arbitration_raised": kind(_("仲裁提级"), _("仲裁逾期未决，请区指挥长裁决")),
    "rework": kind(_("返工"), _("核查未通过，退回返工")),
    "callback_missed": kind(_("回访未接通"), _("回访到期，没有通上话")),
    "handed_down": kind(_("区级交办"), _("区级交办本街道办理")),
    "assigned": kind(_("指派给您"), _("社区指派您到现场处置")),
    "answered": kind(_("办理结果"), _("%(ending)s"), _("您反映的事项有了结果")),
}
OF_COMMAND: Mapping[str, Kind] = {
    # Rosters.
    "roster_gap": kind(
        _("无人值班"),
        _("%(unit_name)s %(starts_at)s 起的班次无人值班，请尽快排班"),
        _("%(unit_name)s有班次无人值班，请尽快排班"),
        _("有班次无人值班，请尽快排班"),
    ),
    "roster_placed": kind(
        _("排入班次"), _("您已排入%(unit_name)s %(starts_at)s 的班次"), _("您有新的班次，请查看值班")
    ),
    "roster_removed": kind(
        _("移出班次"), _("您已移出%(unit_name)s %(starts_at)s 的班次"), _("您的班次有变动，请查看值班")
    ),
    "shift_due": kind(_("上岗提醒"), _("您的班次 %(starts_at)s 开始"), _("您的班次即将开始")),
    "handover_due": kind(
        _("待交接"), _("%(unit_name)s %(ends_at)s 交班，请填写交接记录"), _("请填写交接记录")
    ),
    "handed_over": kind(
        _("交接待签收"), _("%(unit_name)s 上一班已交班，请核对签收"), _("上一班已交班，请核对签收")
    ),
    "swap": kind(_("换班申请"), _("有人申请与您换班（%(starts_at)s），请答复"), _("有人申请与您换班，请答复")),
    "swap_agreed": kind(_("换班已同意"), _("您的换班申请（%(starts_at)s）已获同意"), _("您的换班申请已获同意")),
    "swap_refused": kind(_("换班未同意"), _("您的换班申请（%(starts_at)s）未获同意"), _("您的换班申请未获同意")),
    # Whistles.
    "whistle": kind(
        _("吹哨"),
        _("%(place)s辖区内吹哨，请于 %(due_at)s 前到场报到"),
        _("吹哨集结，请于 %(due_at)s 前到场报到"),
        _("吹哨集结，请到场报到"),
    ),
    "whistle_ended": kind(_("吹哨结束"), _("%(number)s 已办结"), _("吹哨事项已办结")),
    "whistle_raised": kind(
        _("吹哨提级"), _("%(place)s辖区内的吹哨事项未能解决，提请区领导到场"), _("吹哨事项未能解决，提请区领导到场")
    ),
    "no_show": kind(_("未到场"), _("%(unit_name)s未按时到场"), _("有单位未按时到场")),
    # Supervision.
    "supervision": kind(
        _("交办督办"),
        _("收到%(tier)s单，请于 %(due_at)s 前答复"),
        _("收到督办单，请于 %(due_at)s 前答复"),
        _("收到督办单，请按期答复"),
    ),
    "urged": kind(_("催办单"), _("请于 %(due_at)s 前办理"), _("请尽快办理")),
    "reply_due": kind(
        _("答复到期"), _("督办单 %(number)s 应于 %(due_at)s 前答复"), _("督办单答复期限将到")
    ),
    "reply_overdue": kind(_("逾期未答复"), _("督办单 %(number)s 逾期未答复"), _("督办单逾期未答复")),
    "replied": kind(_("督办答复"), _("督办单 %(number)s 已答复，请审阅"), _("督办单已答复，请审阅")),
    "reply_refused": kind(_("答复退回"), _("督办单 %(number)s 的答复被退回，请补充"), _("答复被退回，请补充")),
    "accountability": kind(_("问责"), _("%(unit_name)s已记录问责 %(number)s"), _("已记录问责")),
    # Announcements.
    "announcement": kind(
        _("公告"),
        _("%(unit_name)s发布公告，请于 %(due_at)s 前阅读"),
        _("%(unit_name)s发布公告，请阅读"),
        _("有新公告，请阅读"),
    ),
    # Citizens.
    "low_satisfaction": kind(
        _("差评"), _("%(number)s 的反映人评价不满意，请查看"), _("有反映人评价不满意，请查看")
    ),
    "letters_wait": kind(
        _("来件待处理"), _("%(platform)s有来件不能自动转为工单，请补正"), _("有来件不能自动转为工单，请补正")
    ),
    "said_after_end": kind(
        _("结束后补充"), _("%(number)s 结束后又有补充，请核对"), _("有工单结束后又有补充，请核对")
    ),
    # Messages to the outside.
    "channel_failed": kind(
        _("消息通道"), _("消息通道“%(channel)s”连续发送失败，已暂停重试"), _("有消息通道连续发送失败")
    ),
}  # fmt: skip
KINDS: Mapping[str, Kind] = {**OF_ORDERS, **OF_COMMAND}
# Messages to citizens who chose them. They are no notices: staff words them, and neither reads nor chooses them.
TO_CITIZENS: Mapping[str, Kind] = {
    "news_accepted": kind(_("告诉群众：已受理"), _("您反映的事已受理")),
    "news_declined": kind(_("告诉群众：未予立案"), _("您反映的事未予立案")),
    "news_closed": kind(_("告诉群众：已办结"), _("您反映的事已办结")),
}


def label_of(name: str) -> str:
    """The kind's name on screen; an older version's kind stays legible."""
    found = KINDS.get(name) or TO_CITIZENS.get(name)
    return str(found.label) if found else name


def facts_of(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``facts`` those that the kind can say."""
    return {fact: facts[fact] for fact in sorted(KINDS[name].named) if facts.get(fact) is not None}


def say(name: str, words: Mapping[str, str]) -> str:
    """The first sentence of the kind that can be said with ``words``; empty ones count as unknown."""
    known = {word for word, text in words.items() if text}
    says: Iterable[Says] = KINDS[name].says if name in KINDS else ()
    for each in says:
        if each.named <= known:
            return str(each.text) % dict(words)
    return label_of(name)

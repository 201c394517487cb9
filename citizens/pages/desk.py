"""What staff does for citizens: each part with its line, for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from citizens.pages.open311 import reads_keys
from citizens.pages.platforms import reads_platforms
from citizens.permissions import hands_out, may_mend, may_moderate, may_read_tips, may_set_rewards, may_teach
from citizens.selectors.community import runs_communities
from citizens.selectors.desk import asked_for, to_be_called, unanswered, unproven, unread, unseen
from citizens.selectors.following import looks_after_citizens
from citizens.services.notices import may_write_notices
from lianqin.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """``name`` is that of its page, without the prefix; ``may`` says who is offered it, the page asks again.

    ``waiting`` counts what is to be done there.
    """

    name: str
    icon: str
    title: str | Promise
    told: str | Promise
    may: Callable[[Actor], bool]
    waiting: Callable[[Actor], int] | None = None

    @property
    def address(self) -> str:
        return reverse(f"desk:{self.name}")


GROUPS: tuple[tuple[str | Promise, tuple[Task, ...]], ...] = (
    (
        _("社区"),
        (
            Task(
                "standings",
                "user-check",
                _("居民与志愿者"),
                _("核实居民、志愿者和观察员的申请。"),
                runs_communities,
                asked_for,
            ),
            Task(
                "matters-desk",
                "message",
                _("社区议事"),
                _("居民提的事：议、定、办、评，纪要和表决。"),
                runs_communities,
            ),
            Task(
                "remarks-desk",
                "eye",
                _("观察员意见"),
                _("答复幸福观察员看到的事，或转为工单。"),
                runs_communities,
                unanswered,
            ),
            Task("patrol-teams", "moon", _("巡夜队"), _("安排志愿者的晚上，登记出勤，打印月历。"), runs_communities),
        ),
    ),
    (
        _("回访与抽查"),
        (
            Task(
                "callbacks", "headset", _("回访"), _("给反映人打电话，问三个问题。"), looks_after_citizens, to_be_called
            ),
            Task(
                "spot-checks",
                "clipboard-check",
                _("抽查"),
                _("随机抽取办结的工单，由另一单位检查。"),
                looks_after_citizens,
            ),
            Task("publish", "photo", _("公开图片"), _("遮挡人脸和车牌后，给反映人看处理前后。"), looks_after_citizens),
        ),
    ),
    (
        _("对接"),
        (
            Task(
                "platforms", "send", _("对接平台"), _("五个平台送来多少、退回多少；密钥与字段对照。"), reads_platforms
            ),
            Task(
                "letters",
                "inbox",
                _("待人工处理的来件"),
                _("平台送来、系统读不懂的，补正后转为工单。"),
                may_mend,
                unread,
            ),
            Task("intake-batches", "file-import", _("批量导入"), _("平台给的表格，检查后一次转为工单。"), may_mend),
            Task("api-keys", "key", _("接口密钥"), _("别人的程序凭密钥上报：设置额度、批准、停用。"), reads_keys),
        ),
    ),
    (
        _("内容与秩序"),
        (
            Task(
                "moderation",
                "shield-check",
                _("内容与秩序"),
                _("看过再公开；敏感词；限制与申诉。"),
                may_moderate,
                unseen,
            ),
            Task("reading", "message-2", _("文字识别"), _("从群众的话看分类和紧急程度；训练、评测、启用。"), may_teach),
        ),
    ),
    (
        _("积分与线索"),
        (
            Task(
                "points-rules",
                "list-numbers",
                _("积分与奖励规则"),
                _("什么事记几分、封顶多少；看账目是否相符。"),
                may_set_rewards,
            ),
            Task("shop-desk", "star", _("积分兑换"), _("上架物品、入库、盘点。"), may_set_rewards),
            Task("vouchers", "certificate", _("发放兑换券"), _("群众来领物品时，扫码或输入兑换码。"), hands_out),
            Task("tips-desk", "eye-off", _("线索"), _("查证悄悄提供的线索，两人批准奖励。"), may_read_tips, unproven),
        ),
    ),
    (
        _("隐私"),
        (
            Task(
                "privacy-notices",
                "shield-check",
                _("隐私告知"),
                _("起草告知、另一人核对生效；看到期清理。"),
                may_write_notices,
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks under a heading, each with how much waits."""

    title: str | Promise
    tasks: list[tuple[Task, int]]


def groups_for(actor: Actor) -> list[Group]:
    """What is offered; headings without a task are left out."""
    found = (Group(title, [_counted(task, actor) for task in tasks if task.may(actor)]) for title, tasks in GROUPS)
    return [group for group in found if group.tasks]


def _counted(task: Task, actor: Actor) -> tuple[Task, int]:
    return task, task.waiting(actor) if task.waiting else 0

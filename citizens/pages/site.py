"""What the public site offers, each part with its line."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` is that of its address, without the prefix of the app, and the ``nav`` of its pages."""

    name: str
    icon: str
    title: str | Promise
    told: str | Promise = ""

    @property
    def address(self) -> str:
        return reverse(f"citizens:{self.name}")


# Four at most: on a phone each needs the width of a thumb.
ENTRIES: tuple[Entry, ...] = (
    Entry("home", "home-check", _("首页")),
    Entry("report", "pencil", _("我要反映")),
    Entry("track", "list-check", _("查进度"), _("凭查询码看办到哪一步")),
    Entry("me", "user-circle", _("我的"), _("我反映的事和我的信息")),
)
# On the first page; what is most used comes first.
TILES: tuple[Entry, ...] = (
    Entry("report", "pencil", _("我要反映"), _("拍张照、说一句话，不用登录")),
    Entry("track", "list-check", _("查进度"), _("凭查询码看办到哪一步")),
    Entry("statistics", "chart-bar", _("数据公开"), _("办了多少，用了多久")),
    Entry("community", "users-group", _("社区的事"), _("志愿巡夜、观察、议事和表决")),
    Entry("shop", "star", _("积分兑换"), _("得了多少分，换日用品")),
    Entry("tips", "eye-off", _("有奖线索"), _("不留姓名，凭码领奖")),
)

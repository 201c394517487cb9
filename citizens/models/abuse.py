"""What keeps the public site usable: words that are looked at, what waits for a decision, who is kept out."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted, DraftState
from workorders.models import WorkOrder

USER = settings.AUTH_USER_MODEL
LONGEST_DAYS, ALONE_DAYS = 90, 7


class WordList(Drafted):
    """Words that make somebody look, drafted by one and approved by another; the highest version is in force.

    ``contents``: lines ``# category`` with their words below, a line each.
    """

    version = models.PositiveIntegerField(_("版本"), unique=True, null=True)
    contents = models.TextField(_("词表"), max_length=200_000)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("敏感词表")
        ordering = ("-id",)
        constraints: ClassVar[Any] = (
            *Drafted.Meta.constraints,
            models.CheckConstraint(
                condition=Q(version=None) | Q(state=DraftState.APPROVED), name="wordlist_version_is_approved"
            ),
        )

    def __str__(self) -> str:
        return f"v{self.version or 0}"


class FlagState(models.TextChoices):
    WAITING = "waiting", _("待审核")
    SHOWN = "shown", _("可以公开")
    HIDDEN = "hidden", _("不公开")
    DELETING = "deleting", _("待确认删除")
    DELETED = "deleted", _("已删除")


class FlagReason(models.TextChoices):
    WORDS = "words", _("含敏感词")
    STAFF = "staff", _("工作人员提交")
    READER = "reader", _("读者提交")


class Flag(models.Model):
    """Something that somebody wrote or sent and that is not shown in public until somebody has looked.

    ``kind`` is registered by the part that keeps it, ``object_id`` its row there. ``words`` are of list ``version``.
    """

    kind = models.CharField(_("类型"), max_length=20)
    object_id = models.BigIntegerField()
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="+", verbose_name=_("工单"))
    reason = models.CharField(_("缘由"), max_length=6, choices=FlagReason)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    categories = models.JSONField(_("词类"), default=list)
    words = models.JSONField(_("命中的词"), default=list)
    version = models.PositiveIntegerField(_("词表版本"), null=True)
    state = models.CharField(_("状态"), max_length=8, choices=FlagState, default=FlagState.WAITING)
    flagged_at = models.DateTimeField(_("提交时间"), db_default=Now())
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("决定人"))
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.CharField(_("理由"), max_length=200, blank=True)
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))

    class Meta:
        verbose_name = verbose_name_plural = _("内容审核")
        constraints = (
            models.UniqueConstraint(fields=("kind", "object_id"), name="flag_once"),
            models.CheckConstraint(
                condition=Q(state=FlagState.WAITING) | Q(decided_by__isnull=False) & ~Q(decision=""),
                name="flag_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=FlagState.DELETED)
                | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("decided_by")),
                name="flag_deleted_by_two",
            ),
        )
        indexes = (
            # The queue, the oldest first.
            models.Index(fields=("id",), condition=Q(state__in=("waiting", "deleting")), name="flag_open"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.state}"


class BlockMeasure(models.TextChoices):
    DEVICE = "device", _("设备")
    NUMBER = "number", _("手机号")
    NETWORK = "network", _("网段")


class Block(models.Model):
    """Who may not send anything for a while. ``mark``: a keyed hash, of the day for devices, or a network as written.

    What one person decides lasts a week at most; ``wanted_until`` is where it ends if another confirms it.
    """

    measure = models.CharField(_("对象"), max_length=7, choices=BlockMeasure)
    mark = models.CharField(max_length=64)
    shown = models.CharField(_("对象"), max_length=60)
    reason = models.CharField(_("理由"), max_length=200)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    wanted_until = models.DateTimeField(_("拟至"), null=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("决定人"))
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))
    ended_at = models.DateTimeField(_("提前解除"), null=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("解除人"))

    class Meta:
        verbose_name = verbose_name_plural = _("限制")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="block_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + dt.timedelta(days=LONGEST_DAYS)), name="block_ends_some_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + dt.timedelta(days=ALONE_DAYS))
                | Q(confirmed_by__isnull=False),
                name="block_longer_by_two",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("made_by")), name="block_confirmed_by_another"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="block_has_reason"),
        )
        indexes = (
            # Asked at every report: who is kept out now.
            models.Index(fields=("mark", "ends_at"), condition=Q(ended_at=None), name="block_in_force"),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.shown}"


class AppealState(models.TextChoices):
    WAITING = "waiting", _("待答复")
    GRANTED = "granted", _("已解除限制")
    REFUSED = "refused", _("维持限制")


class BlockAppeal(models.Model):
    """What somebody who is kept out says against it. Of who it is nothing is kept: the answer is read by a code."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="appeals", verbose_name=_("限制"))
    key = models.UUIDField(unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    words = models.CharField(_("申诉"), max_length=500)
    at = models.DateTimeField(_("时间"))
    state = models.CharField(_("状态"), max_length=7, choices=AppealState, default=AppealState.WAITING)
    answer = models.CharField(_("答复"), max_length=200, blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("答复人"))
    decided_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("限制申诉")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=AppealState.WAITING) | Q(decided_by__isnull=False) & ~Q(answer=""),
                name="blockappeal_answered",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="waiting"), name="blockappeal_waiting"),)

    def __str__(self) -> str:
        return f"{self.block_id} {self.state}"

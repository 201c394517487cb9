"""Programs of other people: the keys by which they write, what they sent, and what everybody may read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models.receipts import Receipt
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted
from workorders.models import WorkOrder


class ApiKey(Drafted):
    """Asked for by its owner, set up by one person, let into force by another, then fetched by its owner, once.

    Of the key only a digest is kept: nobody of ours ever sees it. Of the code by which its owner looks after the
    request likewise.
    """

    owner = models.CharField(_("申请单位"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=500)
    contact = models.CharField(_("联系方式"), max_length=80)
    claim_digest = models.CharField(max_length=64, unique=True, editable=False)
    per_minute = models.PositiveIntegerField(_("每分钟上限"), default=30)
    per_day = models.PositiveIntegerField(_("每日上限"), default=1000)
    expires_on = models.DateField(_("有效期至"), null=True)
    # The first letters of the key, to tell it from others.
    key_id = models.CharField(_("密钥开头"), max_length=12, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    fetched_at = models.DateTimeField(_("领取时间"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("接口密钥")
        ordering = ("-id",)
        constraints: ClassVar[Any] = (
            *Drafted.Meta.constraints,
            models.CheckConstraint(
                condition=Q(digest="") | Q(state="approved", expires_on__isnull=False), name="api_key_approved_first"
            ),
            models.UniqueConstraint(fields=("digest",), condition=~Q(digest=""), name="api_key_digest_once"),
        )

    def __str__(self) -> str:
        return f"{self.owner} {self.key_id}".strip()


class ApiKeyDay(models.Model):
    """What was written by a key on one day; ``in_minute`` is of the minute ``minute``."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="days", db_index=False, verbose_name=_("密钥"))
    day = models.DateField(_("日期"))
    minute = models.DateTimeField(_("最近"), db_default=Now())
    in_minute = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(_("请求"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("密钥每日用量")
        constraints = (models.UniqueConstraint(fields=("key", "day"), name="api_key_day_once"),)

    def __str__(self) -> str:
        return f"{self.key_id} {self.day}"


class ProgramReport(models.Model):
    """Which key a report came by. ``media_url`` is kept as text: nothing is ever fetched from there."""

    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="reports", verbose_name=_("密钥"))
    receipt = models.OneToOneField(Receipt, models.CASCADE, related_name="program_report", verbose_name=_("上报回执"))
    media_url = models.CharField(_("附图链接"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("程序上报")

    def __str__(self) -> str:
        return f"{self.key_id} {self.receipt_id}"


class ProgramUpdate(models.Model):
    """A sentence that a program added to its report; ``update_id`` is its own, so that a repeat is known."""

    report = models.ForeignKey(ProgramReport, models.CASCADE, related_name="updates", verbose_name=_("程序上报"))
    update_id = models.CharField(_("补充标识"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("程序补充")
        constraints = (models.UniqueConstraint(fields=("report", "update_id"), name="program_update_once"),)

    def __str__(self) -> str:
        return self.update_id


class StatusChange(models.Model):
    """An order came to another status. Follows the news of orders, for who asks what changed since a time."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="status_changes", db_index=False)
    seq = models.PositiveIntegerField()
    status = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("状态变化")
        constraints = (models.UniqueConstraint(fields=("order", "seq"), name="status_change_once"),)
        # ``updated_after`` and ``updated_before``.
        indexes = (models.Index(fields=("at", "id"), name="status_change_at"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"

"""Reports that come many at once, in a spreadsheet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models.messages import IntakeMessage
from citizens.models.platforms import IntakePlatform
from lianqin.kernel.clock import Now


class BatchState(models.TextChoices):
    CHECKED = "checked", _("已检查")
    APPLYING = "applying", _("导入中")
    CANCELLED = "cancelled", _("已停下")
    APPLIED = "applied", _("已导入")
    DROPPED = "dropped", _("已放弃")


class BatchOutcome(models.TextChoices):
    NEW = "new", _("新工单")
    REPEATED = "repeated", _("重复")
    CHANGED = "changed", _("补充")
    DEAD = "dead", _("待人工")


class IntakeBatch(models.Model):
    """A file of a platform's reports: checked as it came, taken row by row by a worker.

    ``version`` is that of the platform's setup by which it was checked. A worker holds it until ``leased_until``.
    """

    platform = models.ForeignKey(IntakePlatform, models.PROTECT, related_name="batches", verbose_name=_("平台"))
    file_name = models.CharField(_("文件"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=BatchState, default=BatchState.CHECKED)
    version = models.PositiveIntegerField(_("对照版本"))
    notes = models.JSONField(_("说明"), default=list, blank=True)
    total = models.PositiveIntegerField(_("行数"))
    wrong = models.PositiveIntegerField(_("有误的行"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    created_at = models.DateTimeField(_("上传时间"), db_default=Now())
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("批量导入")
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
            # What is wrong is mended in the file: nothing is taken in part.
            models.CheckConstraint(
                condition=Q(wrong=0) | Q(state__in=("checked", "dropped")), name="batch_right_before_applied"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # waiting_batches(): what a worker has to do.
            models.Index(fields=["id"], condition=Q(state="applying"), name="batch_applying"),
        ]

    def __str__(self) -> str:
        return self.file_name


class BatchRow(models.Model):
    """One row: what stands in it is sealed, and gone from here when it was taken; the message keeps it then."""

    batch = models.ForeignKey(IntakeBatch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(_("行号"))
    sealed = models.TextField(editable=False, blank=True)
    # {field: [what is wrong]}
    errors = models.JSONField(_("错误"), default=dict, blank=True)
    is_known = models.BooleanField(_("单号已收到过"), default=False)
    outcome = models.CharField(_("结果"), max_length=8, choices=BatchOutcome, blank=True)
    message = models.ForeignKey(IntakeMessage, models.PROTECT, null=True, related_name="+", verbose_name=_("来件"))

    class Meta:
        verbose_name = verbose_name_plural = _("导入的行")
        ordering = ("number",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("batch", "number"), name="batch_row_once"),
            models.CheckConstraint(
                condition=Q(outcome="", message__isnull=True) | (~Q(outcome="") & Q(message__isnull=False, sealed="")),
                name="batch_row_taken_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"

"""What went to the archive, and what a month must add up to when it comes back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArchiveState(models.TextChoices):
    SEALING = "sealing", _("封存核验中")
    MOVING = "moving", _("移出中")
    ARCHIVED = "archived", _("已归档")
    RESTORING = "restoring", _("恢复中")
    RESTORED = "restored", _("已恢复")


class ArchivedMonth(models.Model):
    """The manifest of a month: how much there was, and one hash over the heads of all chains.

    ``roots`` are the published daily roots over the days of its events: ``[{"day", "root"}]``. The state is written
    with what was done, so that a run that was cut off is completed by the next.
    """

    month = models.PositiveIntegerField(_("月份"), unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=ArchiveState)
    orders = models.PositiveIntegerField(_("工单"), default=0)
    events = models.PositiveIntegerField(_("流水"), default=0)
    texts = models.PositiveIntegerField(_("流水文本"), default=0)
    timers = models.PositiveIntegerField(_("计时器"), default=0)
    heads = models.CharField(_("链尾摘要"), max_length=64, blank=True)
    roots = models.JSONField(_("每日总摘要"), default=list)
    began_at = models.DateTimeField(_("开始时间"))
    archived_at = models.DateTimeField(_("归档时间"), null=True)
    restored_at = models.DateTimeField(_("恢复时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("归档月份")
        ordering = ("month",)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ArchiveState.values), name="archivedmonth_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.state}"

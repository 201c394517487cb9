"""The notices that tell people what happened, made from the outbox only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models import Event, WorkOrder


class NoticeKind(models.TextChoices):
    SUPERVISED = "supervised", _("督办")
    ESCALATED = "escalated", _("升级到区")
    WARNED = "warned", _("时限预警")
    REMINDED = "reminded", _("到期催办")
    DISPATCHED = "dispatched", _("新派单")
    RETURNED = "returned", _("退单")
    REQUESTED = "requested", _("待审批")
    APPROVED = "approved", _("申请已同意")
    REFUSED = "refused", _("申请未同意")
    ARBITRATION_RAISED = "arbitration_raised", _("仲裁提级")
    REWORK = "rework", _("返工")
    CALLBACK_MISSED = "callback_missed", _("回访未接通")
    HANDED_DOWN = "handed_down", _("区级交办")
    ASSIGNED = "assigned", _("指派给您")
    ANSWERED = "answered", _("办理结果")


class Gravity(models.TextChoices):
    INFO = "info", _("一般")
    WARN = "warn", _("注意")
    CRITICAL = "critical", _("紧要")


class Notice(models.Model):
    """Something that one unit or one person should know; read by one of the unit is read for the unit."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="notices", verbose_name=_("工单"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("流水"), db_constraint=False)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("收件单位"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("收件人")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=NoticeKind)
    gravity = models.CharField(_("轻重"), max_length=8, choices=Gravity)
    facts = models.JSONField(_("事实"), default=dict)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("通知")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(unit=None, user__isnull=False) | Q(unit__isnull=False, user=None),
                name="notice_to_a_unit_or_a_person",
            ),
            models.UniqueConstraint(
                fields=("event", "unit", "user"), nulls_distinct=False, name="notice_once_an_event_and_recipient"
            ),
        )
        indexes = (
            # notices_for(): of a unit and of a person, newest first.
            models.Index(fields=("unit", "-id"), name="notice_unit_newest"),
            models.Index(fields=("user", "-id"), name="notice_user_newest"),
            # unread_count(): on every page.
            models.Index(fields=("unit",), condition=Q(read_at=None), name="notice_unit_unread"),
            models.Index(fields=("user",), condition=Q(read_at=None), name="notice_user_unread"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"

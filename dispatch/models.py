"""The documents of supervision, and the notices that tell people what happened. Made from the outbox only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models import Event, WorkOrder
from workorders.states import Level, Stage


class Ground(models.TextChoices):
    """Why an order is supervised."""

    NOT_ACCEPTED = "not_accepted", _("逾期未受理")
    NOT_RESOLVED = "not_resolved", _("逾期未办结")
    NOT_DISPATCHED = "not_dispatched", _("逾期未派遣")
    NOT_CHECKED = "not_checked", _("逾期未核查")
    NOT_DECIDED = "not_decided", _("逾期未裁决")


GROUNDS = {
    Stage.ACCEPT: Ground.NOT_ACCEPTED,
    Stage.RESOLVE: Ground.NOT_RESOLVED,
    Stage.DISPATCH: Ground.NOT_DISPATCHED,
    Stage.VERIFY: Ground.NOT_CHECKED,
    Stage.DECIDE: Ground.NOT_DECIDED,
}


class SupervisionOrder(models.Model):
    """A unit is called to account for an order, once per generation and tier."""

    number = models.CharField(_("督办单号"), max_length=40, unique=True)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="supervision_orders", verbose_name=_("工单"))
    generation = models.PositiveSmallIntegerField(_("轮次"))
    tier = models.PositiveSmallIntegerField(_("督办级别"))
    level = models.CharField(_("响应层级"), max_length=8, choices=Level)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("被督办单位"))
    stage = models.CharField(_("环节"), max_length=12, choices=Stage)
    reason = models.CharField(_("事由"), max_length=16, choices=Ground)
    event = models.OneToOneField(Event, models.PROTECT, related_name="+", verbose_name=_("流水"), db_constraint=False)
    raised_at = models.DateTimeField(_("发出时间"))
    repeated_at = models.DateTimeField(_("最近催办时间"), null=True)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("签收人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("督办单")
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("order", "generation", "tier"), name="supervision_once_a_tier"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="supervision_acknowledged_by_somebody",
            ),
        )
        # supervision_orders_for(): newest first.
        indexes = (models.Index(fields=("-raised_at", "-id"), name="supervision_newest"),)

    def __str__(self) -> str:
        return self.number


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

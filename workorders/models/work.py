"""What departments were asked to do, and what people asked to be allowed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder
from workorders.rules.corrections import Correction
from workorders.states import LIVE_ASSIGNMENT, AssignmentStatus, Level, Outcome, RequestKind, Role, Tier


class Assignment(models.Model):
    """One department's part in an order."""

    # People and units are never deleted: an index on who did what would serve nothing and be paid by each write.
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey("grids.Unit", models.PROTECT, verbose_name=_("承办单位"), related_name="+", db_index=False)
    role = models.CharField(_("角色"), max_length=8, choices=Role)
    status = models.CharField(_("状态"), max_length=12, choices=AssignmentStatus, default=AssignmentStatus.PENDING)
    level = models.CharField(_("层级"), max_length=8, choices=Level)
    version = models.PositiveIntegerField(default=1)
    binding = models.BooleanField(_("仲裁指定"), default=False)
    late = models.BooleanField(_("逾期"), default=False)
    dispatched_at = models.DateTimeField(_("派遣时间"))
    dispatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(_("处置到期"), null=True)
    instruction = models.TextField(_("派遣要求"), blank=True)
    result = models.TextField(_("处置结果"), blank=True)
    # What the responsibility list said when the lead was dispatched; all of it follows from the event.
    suggested_unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, verbose_name=_("清单建议"), related_name="+", db_index=False
    )
    suggested_rule = models.CharField(_("适用规则"), max_length=16, blank=True, default="", db_default="")
    list_version = models.PositiveIntegerField(_("清单版本"), null=True)
    followed = models.BooleanField(_("采纳建议"), null=True)
    correction = models.CharField(
        _("改派原因"), max_length=12, choices=Correction, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = verbose_name_plural = _("派单记录")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(role=Role.LEAD, status__in=LIVE_ASSIGNMENT),
                name="assignment_one_live_lead",
            ),
            models.UniqueConstraint(
                fields=("order", "unit"), condition=Q(status__in=LIVE_ASSIGNMENT), name="assignment_unit_live_once"
            ),
        )
        indexes = (
            # The queue of a department.
            models.Index(
                fields=("unit", "due_at"), condition=Q(status__in=LIVE_ASSIGNMENT), name="assignment_unit_live"
            ),
            # Visibility: orders that a unit has or had a part in.
            models.Index(fields=("unit", "order"), name="assignment_unit_order"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.unit_id} {self.role}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_ASSIGNMENT


class Request(models.Model):
    """Something that needs somebody else's approval; clocks run on meanwhile."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="requests")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="requests")
    kind = models.CharField(_("申请"), max_length=12, choices=RequestKind)
    tier = models.CharField(_("审批层级"), max_length=10, choices=Tier)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, verbose_name=_("审批单位"), related_name="+", db_index=False)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    requester_unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    requested_at = models.DateTimeField(_("申请时间"))
    payload = models.JSONField(default=dict)
    reason = models.TextField(_("理由"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, default=Outcome.PENDING)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    answer = models.TextField(_("审批意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审批请求")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("order", "kind"), condition=Q(outcome=Outcome.PENDING), name="request_one_open_of_a_kind"
            ),
        )
        indexes = (
            # What a centre has to decide.
            models.Index(
                fields=("unit", "requested_at"), condition=Q(outcome=Outcome.PENDING), name="request_unit_pending"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.outcome}"

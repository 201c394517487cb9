"""The documents of supervision, made from the outbox only."""

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

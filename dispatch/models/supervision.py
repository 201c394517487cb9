"""The documents of supervision: reminders, supervision orders in three tiers, accountability; and their replies."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.rules.supervision import DocumentKind, DocumentState, Verdict
from workorders.models import Event, WorkOrder
from workorders.states import Level, Stage


class Ground(models.TextChoices):
    """Why an order is supervised."""

    NOT_ACCEPTED = "not_accepted", _("逾期未受理")
    NOT_RESOLVED = "not_resolved", _("逾期未办结")
    NOT_DISPATCHED = "not_dispatched", _("逾期未派遣")
    NOT_CHECKED = "not_checked", _("逾期未核查")
    NOT_DECIDED = "not_decided", _("逾期未裁决")
    BY_HAND = "by_hand", _("人工交办")
    NOT_ANSWERED = "not_answered", _("逾期未答复")


GROUNDS = {
    Stage.ACCEPT: Ground.NOT_ACCEPTED,
    Stage.RESOLVE: Ground.NOT_RESOLVED,
    Stage.DISPATCH: Ground.NOT_DISPATCHED,
    Stage.VERIFY: Ground.NOT_CHECKED,
    Stage.DECIDE: Ground.NOT_DECIDED,
}
# States in which a unit owes a reply.
OWED = (DocumentState.AWAITING, DocumentState.RETURNED)
ENDED = (DocumentState.CLOSED, DocumentState.DISMISSED, DocumentState.REVOKED)


class DocumentCounter(models.Model):
    """The last serial of a kind of document in a district and year; its row is the lock under which one is drawn."""

    district = models.ForeignKey("grids.District", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=DocumentKind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("文号")
        constraints = (models.UniqueConstraint(fields=("district", "kind", "year"), name="documentcounter_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


class SupervisionOrder(models.Model):
    """A unit is reminded of an order or called to account for it; by the clock once per generation and tier."""

    number = models.CharField(_("督办单号"), max_length=40, unique=True)
    kind = models.CharField(_("文种"), max_length=16, choices=DocumentKind, default=DocumentKind.SUPERVISION)
    district = models.ForeignKey("grids.District", models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("文号顺序"))
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="supervision_orders", verbose_name=_("工单"))
    generation = models.PositiveSmallIntegerField(_("轮次"))
    tier = models.PositiveSmallIntegerField(_("督办级别"))
    level = models.CharField(_("响应层级"), max_length=8, choices=Level)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("被督办单位"))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("责任人"), db_index=False
    )
    stage = models.CharField(_("环节"), max_length=12, choices=Stage)
    reason = models.CharField(_("事由"), max_length=16, choices=Ground)
    by_hand = models.BooleanField(_("人工发出"), default=False)
    demands = models.TextField(_("办理要求"), blank=True)
    # An accountability document has none: it is about a unit, and the order's history does not change by it.
    event = models.OneToOneField(
        Event, models.PROTECT, null=True, related_name="+", verbose_name=_("流水"), db_constraint=False
    )
    issuer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("签发人"), db_index=False
    )
    issuer_unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("签发单位"), db_index=False
    )
    raised_at = models.DateTimeField(_("发出时间"))
    repeated_at = models.DateTimeField(_("最近催办时间"), null=True)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("签收人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=DocumentState, default=DocumentState.AWAITING)
    reply_due_at = models.DateTimeField(_("答复期限"), null=True)
    missed_at = models.DateTimeField(_("逾期未答复"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("办结人"), db_index=False
    )
    closing = models.TextField(_("办结意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("督办单")
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("order", "generation", "tier"),
                condition=Q(kind="supervision", by_hand=False),
                name="supervision_once_a_tier",
            ),
            models.UniqueConstraint(fields=("district", "kind", "year", "serial"), name="supervision_serial_once"),
            models.CheckConstraint(
                condition=Q(kind="supervision", tier__range=(1, 3)) | ~Q(kind="supervision") & Q(tier=0),
                name="supervision_tier_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="supervision_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind="accountability") | Q(event__isnull=False), name="supervision_has_its_event"
            ),
        )
        indexes = (
            # supervision_orders_for(): newest first.
            models.Index(fields=("-raised_at", "-id"), name="supervision_newest"),
            # The sweep: replies that are owed and were not yet found missing.
            models.Index(
                fields=("reply_due_at",),
                condition=Q(state__in=("awaiting", "returned"), missed_at=None),
                name="supervision_reply_due",
            ),
            # What waits for a unit or for a decision: few are not over.
            models.Index(
                fields=("state", "unit"),
                condition=~Q(state__in=("closed", "dismissed", "revoked")),
                name="supervision_under_way",
            ),
        )

    def __str__(self) -> str:
        return self.number


class SupervisionReply(models.Model):
    """What a unit answered, and what was thought of it. ``evidence`` are keys of the order's attachments."""

    document = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="replies")
    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("答复时间"))
    late = models.BooleanField(_("逾期"), default=False)
    text = models.TextField(_("答复"))
    evidence = ArrayField(models.BigIntegerField(), default=list, blank=True)
    verdict = models.CharField(_("审定"), max_length=10, choices=Verdict, default=Verdict.PENDING)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    judged_at = models.DateTimeField(_("审定时间"), null=True)
    judgement = models.TextField(_("审定意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("督办答复")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("document",), condition=Q(verdict="pending"), name="supervisionreply_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(judged_by=None) | ~Q(judged_by=models.F("by")), name="supervisionreply_judged_by_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.verdict}"

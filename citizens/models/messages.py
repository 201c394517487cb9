"""What came in from platforms, and what goes back to them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models.platforms import IntakePlatform
from lianqin.kernel.clock import Now
from workorders.models import WorkOrder


class IntakeState(models.TextChoices):
    APPLIED = "applied", _("已转工单")
    DEAD = "dead", _("待人工处理")
    DISCARDED = "discarded", _("已作废")


class IntakeMessage(models.Model):
    """One content under one number of a platform, kept before it is answered for.

    ``sealed_raw`` is what came, ``sealed_fields`` what was read from it or mended by a person: both hold contact data.
    ``digest`` is of the content; the same number with another one is a supplement to the order.
    """

    platform = models.ForeignKey(IntakePlatform, models.PROTECT, related_name="messages", db_index=False)
    external_ref = models.CharField(_("外部单号"), max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_raw = models.TextField(editable=False)
    sealed_fields = models.TextField(editable=False, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=IntakeState)
    is_first = models.BooleanField(_("首次"), default=True)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="intake_messages", null=True, verbose_name=_("工单")
    )
    version = models.PositiveIntegerField(_("对照版本"))
    way = models.CharField(_("途径"), max_length=8, default="door")
    error_code = models.CharField(_("错误"), max_length=40, blank=True)
    errors = models.JSONField(_("错误明细"), default=dict, blank=True)
    notes = models.JSONField(_("说明"), default=list, blank=True)
    tries = models.PositiveIntegerField(_("次数"), default=1)
    reported_at = models.DateTimeField(_("来电时间"), null=True)
    received_at = models.DateTimeField(_("收到时间"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("来件")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=IntakeState.values), name="intake_state_known"),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(order__isnull=False), name="intake_applied_has_order"
            ),
            models.UniqueConstraint(fields=("platform", "external_ref", "digest"), name="intake_content_once"),
            models.UniqueConstraint(
                fields=("platform", "external_ref"),
                condition=Q(is_first=True) & ~Q(external_ref=""),
                name="intake_first_once",
            ),
        )
        indexes = (
            # The dead letters, newest first, and their number.
            models.Index(fields=("platform", "-id"), condition=Q(state="dead"), name="intake_dead"),
            # The same of all platforms; what became an order is no letter any more.
            models.Index(fields=("state", "-id"), condition=~Q(state="applied"), name="intake_not_applied"),
        )

    def __str__(self) -> str:
        return f"{self.platform_id} {self.external_ref}"


class IntakeFile(models.Model):
    """A file of a mail of which no order could be made yet: it waits in quarantine, and goes where the mail goes."""

    message = models.ForeignKey(IntakeMessage, models.PROTECT, related_name="files", db_index=False)
    place = models.PositiveSmallIntegerField(_("第几个"))
    kind = models.CharField(_("类型"), max_length=5)
    path = models.CharField(max_length=80, unique=True)
    size = models.PositiveIntegerField(_("字节"))

    class Meta:
        verbose_name = verbose_name_plural = _("来件附件")
        ordering = ("message", "place")
        constraints = (models.UniqueConstraint(fields=("message", "place"), name="intake_file_place_once"),)

    def __str__(self) -> str:
        return f"{self.message_id}/{self.place}"


class ReturnKind(models.TextChoices):
    ACCEPTED = "accepted", _("已收件")
    REGISTERED = "registered", _("已立案")
    DECLINED = "declined", _("不予立案")
    HANDLED = "handled", _("已处置")
    CLOSED = "closed", _("已办结")
    REOPENED = "reopened", _("已重启")
    MERGED = "merged", _("已并案")
    VOIDED = "voided", _("已作废")


class ReturnState(models.TextChoices):
    QUEUED = "queued", _("待回传")
    SENDING = "sending", _("回传中")
    FAILED = "failed", _("待重试")
    STUCK = "stuck", _("对方拒收")
    SENT = "sent", _("已回传")
    DISCARDED = "discarded", _("不再回传")


class ReturnMessage(models.Model):
    """News of an order for the platform that sent it: they leave in the order of ``seq``.

    ``event_id`` tells of what: an event of the order, or of the one it was merged into. None: of before that was kept.

    ``key`` lets the platform apply it once. One that is refused for good waits for a person, and those behind it.
    """

    platform = models.ForeignKey(IntakePlatform, models.PROTECT, related_name="returns", db_index=False)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", db_index=False)
    external_ref = models.CharField(_("外部单号"), max_length=64)
    seq = models.PositiveIntegerField(_("流水号"))
    event_id = models.BigIntegerField(null=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("进展"), max_length=10, choices=ReturnKind)
    text = models.TextField(_("说明"), blank=True)
    happened_at = models.DateTimeField(_("发生时间"))
    state = models.CharField(_("状态"), max_length=10, choices=ReturnState, default=ReturnState.QUEUED)
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次时间"), db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("回传时间"), null=True)
    response_code = models.CharField(_("应答码"), max_length=20, blank=True)
    response_excerpt = models.CharField(_("应答摘要"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("回传")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ReturnKind.values), name="return_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ReturnState.values), name="return_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="return_lease_ends"
            ),
            models.UniqueConstraint(fields=("order", "event_id"), name="return_once_per_event"),
            models.UniqueConstraint(fields=("order", "seq"), name="return_one_at_a_place"),
        )
        indexes = (
            # lease_returns(): what has not arrived, by platform.
            models.Index(
                fields=("platform", "next_at"), condition=~Q(state__in=("sent", "discarded")), name="return_due"
            ),
            models.Index(fields=("platform", "-id"), name="return_newest"),
            # Somebody looks for what a number of theirs was told.
            models.Index(fields=("external_ref",), name="return_by_number"),
        )

    def __str__(self) -> str:
        return f"{self.external_ref} {self.kind}"

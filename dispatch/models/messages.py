"""How people wish to be told, in which words, and what waits to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.models.notices import Notice
from dispatch.rules.messages import BUNDLE_MINUTES, MOST_BUNDLE_MINUTES, QUIET_FROM, QUIET_UNTIL


class DispatchPreference(models.Model):
    """How a person, or a unit's robots, are told. ``choices``: way -> kind -> whether, where it is not the default."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="dispatch_preference", verbose_name=_("人员")
    )
    unit = models.OneToOneField(
        "grids.Unit", models.CASCADE, null=True, related_name="dispatch_preference", verbose_name=_("单位")
    )
    choices = models.JSONField(_("选择"), default=dict)
    quiet_from = models.TimeField(_("免打扰开始"), null=True, default=QUIET_FROM)
    quiet_until = models.TimeField(_("免打扰结束"), null=True, default=QUIET_UNTIL)
    bundle_minutes = models.PositiveSmallIntegerField(_("合并分钟数"), default=BUNDLE_MINUTES)

    class Meta:
        verbose_name = verbose_name_plural = _("通知设置")
        constraints = (
            models.CheckConstraint(
                condition=Q(unit=None, user__isnull=False) | Q(unit__isnull=False, user=None),
                name="preference_of_a_unit_or_a_person",
            ),
            models.CheckConstraint(condition=Q(bundle_minutes__lte=MOST_BUNDLE_MINUTES), name="preference_window"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="preference_quiet_both",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id or ''}{self.unit_id or ''}"


class MessageTemplate(models.Model):
    """The words of one kind, where they are not the standard ones."""

    kind = models.CharField(_("类别"), max_length=20, unique=True)
    single = models.CharField(_("单条"), max_length=200)
    bundle = models.CharField(_("合并"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("消息模板")

    def __str__(self) -> str:
        return self.kind


class WaitingMessage(models.Model):
    """A notice that waits to leave by a channel: for others to go with, or for the morning. Gone once it is queued."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+", verbose_name=_("通知"))
    channel = models.ForeignKey("relay.Channel", models.PROTECT, related_name="+", verbose_name=_("通道"))
    recipient = models.CharField(_("收件"), max_length=30, blank=True, default="")
    due_at = models.DateTimeField(_("最晚发出时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("待合并消息")
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel", "recipient"), name="waiting_once_a_notice_and_way"),
        )
        indexes = (
            # send_waiting(): what is due.
            models.Index(fields=("due_at",), name="waiting_due"),
            # plan_messages(): what a new one goes with.
            models.Index(fields=("channel", "recipient", "due_at"), name="waiting_together"),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.recipient}"

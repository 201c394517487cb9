"""The notices that tell people what happened, made from the outbox only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.rules.kinds import label_of
from workorders.models import Event, WorkOrder


class Gravity(models.TextChoices):
    INFO = "info", _("一般")
    WARN = "warn", _("注意")
    CRITICAL = "critical", _("紧要")


class Notice(models.Model):
    """Something that one unit or one person should know; read by one of the unit is read for the unit."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="notices", verbose_name=_("工单"))
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="+", verbose_name=_("流水"), db_constraint=False
    )
    key = models.CharField(_("唯一键"), max_length=120, blank=True, default="", db_default="")
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("收件单位"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("收件人")
    )
    # One of rules.kinds, to which every part adds its own.
    kind = models.CharField(_("类别"), max_length=20)
    gravity = models.CharField(_("轻重"), max_length=8, choices=Gravity)
    facts = models.JSONField(_("事实"), default=dict)
    url = models.CharField(_("地址"), max_length=200, blank=True, default="", db_default="")
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
                fields=("event", "unit", "user"),
                condition=Q(event__isnull=False, key=""),
                nulls_distinct=False,
                name="notice_once_an_event_and_recipient",
            ),
            models.UniqueConstraint(
                fields=("key", "unit", "user"),
                condition=~Q(key=""),
                nulls_distinct=False,
                name="notice_once_a_key_and_recipient",
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
        return f"{self.key or self.order_id} {self.kind}"

    @property
    def kind_label(self) -> str:
        return label_of(self.kind)

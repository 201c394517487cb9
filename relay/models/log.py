"""What has to leave a transaction, who must get it, and how far the log has been read out."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now


class OutboxMessage(models.Model):
    """A row written with the change it tells of. ``sequence`` is given once the row is committed, never before."""

    topic = models.CharField(_("主题"), max_length=60)
    key = models.CharField(_("键"), max_length=120)
    payload = models.JSONField(_("内容"))
    audience = ArrayField(models.CharField(max_length=30), verbose_name=_("可见范围"), default=list, blank=True)
    created_at = models.DateTimeField(_("写入时间"), db_default=Now(), editable=False)
    sequence = models.BigIntegerField(_("序号"), null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("外发消息")
        verbose_name_plural = _("外发消息")
        indexes: ClassVar[list[models.Index]] = [
            # sequence_pending(): rows without a number, oldest first.
            models.Index(fields=["id"], name="outbox_unsequenced", condition=models.Q(sequence=None)),
            # purge(): what is old enough to go.
            models.Index(fields=["created_at"], name="outbox_created"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("待投递")
    LEASED = "leased", _("投递中")
    DONE = "done", _("已送达")
    DEAD = "dead", _("死信")


class Delivery(models.Model):
    """One message for one consumer. While leased, ``next_at`` is the end of the lease: one index finds all due."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="deliveries", verbose_name=_("消息"))
    consumer = models.CharField(_("消费者"), max_length=60)
    state = models.CharField(_("状态"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次时间"), db_default=Now())
    lease_until = models.DateTimeField(_("租约到期"), null=True, blank=True)
    last_error = models.TextField(_("最近错误"), blank=True, default="")

    class Meta:
        verbose_name = _("投递")
        verbose_name_plural = _("投递")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "consumer"], name="delivery_once_per_consumer"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="leased") | models.Q(lease_until__isnull=False), name="delivery_lease_ends"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # deliver_due(): the next one to hand over.
            models.Index(
                fields=["next_at", "id"], name="delivery_due", condition=models.Q(state__in=["pending", "leased"])
            ),
            # The dead-letter list and its health fact.
            models.Index(fields=["id"], name="delivery_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} ← {self.message_id}"


class Consumption(models.Model):
    """A consumer's own record that it took a message; unique, written with the effect."""

    consumer = models.CharField(_("消费者"), max_length=60)
    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="+", verbose_name=_("消息"))

    class Meta:
        verbose_name = _("消费记录")
        verbose_name_plural = _("消费记录")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["consumer", "message"], name="consumption_once")
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.message_id}"


class LogState(models.Model):
    """The single row that knows how far the log was numbered, published and purged."""

    last_sequence = models.BigIntegerField(_("最后序号"), default=0)
    published_sequence = models.BigIntegerField(_("已发布序号"), default=0)
    purged_sequence = models.BigIntegerField(_("已清理序号"), default=0)

    class Meta:
        verbose_name = _("外发进度")
        verbose_name_plural = _("外发进度")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="log_state_single")
        ]

    def __str__(self) -> str:
        return f"{self.published_sequence}/{self.last_sequence}"

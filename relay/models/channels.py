"""Channels to the outside, and every message that is to go, went or did not go through one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now


class ChannelKind(models.TextChoices):
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    SMS = "sms", _("短信网关")
    MAIL = "mail", _("邮件")
    WEBHOOK = "webhook", _("HTTP 回调")


# What reaches a group of people or a machine, and what reaches one person.
ROBOTS = (ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.WEBHOOK)
PERSONAL = (ChannelKind.SMS, ChannelKind.MAIL)


class Channel(models.Model):
    """A way out. ``owner`` is the token of the unit or district that it serves; empty: the whole platform.

    ``options`` has what is not secret, by kind (``rules.gateways``). ``recent`` are the attempts of the last minute,
    ``failures`` those without a success since; at ``resumes_at`` a broken channel is tried again.
    """

    kind = models.CharField(_("类型"), max_length=10, choices=ChannelKind)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    address = models.CharField(_("地址"), max_length=300)
    sealed = models.TextField(_("密钥（密文）"), blank=True, default="", editable=False)
    options = models.JSONField(_("参数"), default=dict, blank=True)
    owner = models.CharField(_("归属"), max_length=30, blank=True, default="")
    rate_per_minute = models.PositiveSmallIntegerField(_("每分钟上限"), default=20)
    active = models.BooleanField(_("启用"), default=False)
    recent = ArrayField(models.DateTimeField(), verbose_name=_("最近一分钟"), default=list, editable=False)
    failures = models.PositiveIntegerField(_("连续失败"), default=0, editable=False)
    resumes_at = models.DateTimeField(_("恢复尝试时间"), null=True, editable=False)
    pauses = models.PositiveIntegerField(_("连续熔断"), default=0, editable=False)
    sent_at = models.DateTimeField(_("最近成功"), null=True, editable=False)
    failed_at = models.DateTimeField(_("最近失败"), null=True, editable=False)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("消息通道")
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=ChannelKind.values), name="channel_kind_known"),
            models.CheckConstraint(
                condition=Q(rate_per_minute__gte=1, rate_per_minute__lte=600), name="channel_rate_sensible"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_personal(self) -> bool:
        return self.kind in PERSONAL


class MessageState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("待重试")
    DEAD = "dead", _("发送失败")
    SUPPRESSED = "suppressed", _("不再发送")


class OutgoingMessage(models.Model):
    """One message through one channel. While it is being sent, ``next_at`` is the end of the lease.

    ``recipient`` is the token of a person or unit, never a number or an address: those are read when it is sent.
    ``template`` and ``parameters`` say how ``text`` was made. ``scope`` is the token of the district that may see it.
    """

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="messages", verbose_name=_("通道"))
    recipient = models.CharField(_("收件"), max_length=30, blank=True, default="")
    scope = models.CharField(_("范围"), max_length=30, blank=True, default="")
    template = models.CharField(_("模板"), max_length=30)
    parameters = models.JSONField(_("参数"), default=dict)
    subject = models.CharField(_("标题"), max_length=80)
    text = models.CharField(_("正文"), max_length=500)
    url = models.CharField(_("链接"), max_length=300, blank=True, default="")
    # To a number of nobody we know (services.letters): gone once it was sent or given up.
    sealed = models.TextField(_("号码和内容（密文）"), blank=True, default="", db_default="", editable=False)
    is_urgent = models.BooleanField(_("紧要"), default=False)
    key = models.CharField(_("幂等键"), max_length=120, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次时间"), db_default=Now())
    lease_until = models.DateTimeField(_("租约到期"), null=True)
    created_at = models.DateTimeField(_("写入时间"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    response_code = models.CharField(_("应答码"), max_length=20, blank=True, default="")
    response_excerpt = models.CharField(_("应答摘要"), max_length=300, blank=True, default="")
    reason = models.CharField(_("处置理由"), max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("处置人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("外发消息")
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="outgoing_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="outgoing_lease_ends"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # lease_messages(): what a channel has to send, the urgent first.
            models.Index(
                fields=["channel", "-is_urgent", "next_at"],
                name="outgoing_due",
                condition=Q(state__in=["queued", "sending", "failed"]),
            ),
            # messages_for(): of a district, newest first.
            models.Index(fields=["scope", "-id"], name="outgoing_scope_newest"),
            # narrowed_messages(), message_counts() and channel_health(): of some days; purge_messages(): the eldest.
            models.Index(fields=["scope", "-created_at"], name="outgoing_scope_day"),
            models.Index(fields=["-created_at"], name="outgoing_day"),
            # message_counts() and the dead letters.
            models.Index(fields=["state", "-id"], name="outgoing_state_newest", condition=~Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.key}"

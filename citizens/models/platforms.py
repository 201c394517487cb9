"""The other systems that send reports: who they are, how they sign, and how their fields are read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.rules.signing import ALGORITHMS
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted, DraftState
from workorders.models.orders import Source

PLATFORMS = (
    Source.POLICE_110,
    Source.ONLINE_INQUIRY,
    Source.PORTAL,
    Source.GOVERNANCE_PLATFORM,
    Source.HOTLINE_12345,
)


class IntakePlatform(models.Model):
    """One platform. What is in force follows from its approved setups; ``version`` counts them."""

    code = models.CharField(
        _("平台"), max_length=24, unique=True, choices=[(each.value, each.label) for each in PLATFORMS]
    )
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("账号"))
    active = models.BooleanField(_("启用"), default=False)
    version = models.PositiveIntegerField(_("版本"), default=0)
    networks = ArrayField(models.CharField(max_length=50), verbose_name=_("允许的网段"), default=list, blank=True)
    per_minute = models.PositiveIntegerField(_("每分钟上限"), default=120)
    per_day = models.PositiveIntegerField(_("每日上限"), default=20_000)
    return_address = models.CharField(_("回传地址"), max_length=300, blank=True, default="")
    # Where mail for it arrives, and from whom it is taken: addresses, or @domain for all of one.
    mailbox = models.CharField(_("收件邮箱"), max_length=120, blank=True, default="")
    mail_senders = ArrayField(
        models.CharField(max_length=120), verbose_name=_("允许的发件人"), default=list, blank=True
    )
    mapping = models.JSONField(_("字段对照"), default=dict, blank=True)
    schema = models.JSONField(_("报文格式"), default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对接平台")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(code__in=[each.value for each in PLATFORMS]), name="intake_platform_known"
            ),
            models.UniqueConstraint(fields=("mailbox",), condition=~Q(mailbox=""), name="intake_mailbox_once"),
        )

    def __str__(self) -> str:
        return str(self.get_code_display())


class IntakeSetup(Drafted):
    """A setup as one person drafts it and another approves it; what was approved never changes."""

    platform = models.ForeignKey(IntakePlatform, models.PROTECT, related_name="setups", verbose_name=_("平台"))
    contents = models.JSONField(_("内容"))
    version = models.PositiveIntegerField(_("生效版本"), null=True)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("对接设置")
        ordering = ("-id",)
        constraints: ClassVar[Any] = (
            *Drafted.Meta.constraints,
            models.UniqueConstraint(fields=("platform", "version"), name="intake_setup_version"),
            models.UniqueConstraint(
                fields=("platform",),
                condition=Q(state__in=(DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)),
                name="intake_setup_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.platform_id} v{self.version or 0}"


class IntakeKey(Drafted):
    """A secret shared with a platform, shown once. It opens the door when a second person confirmed it.

    ``slot`` 1 or 2: two at a time, so that one can be changed for another without a gap.
    """

    platform = models.ForeignKey(IntakePlatform, models.PROTECT, related_name="keys", verbose_name=_("平台"))
    key_id = models.CharField(_("密钥编号"), max_length=24, unique=True)
    sealed = models.TextField(_("密钥（密文）"), editable=False)
    algorithm = models.CharField(_("算法"), max_length=12, choices=[(each, each) for each in ALGORITHMS])
    slot = models.PositiveSmallIntegerField(_("位置"))
    ended_at = models.DateTimeField(_("停用时间"), null=True)
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("平台密钥")
        ordering = ("-id",)
        constraints: ClassVar[Any] = (
            *Drafted.Meta.constraints,
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="intake_key_two_slots"),
            models.UniqueConstraint(
                fields=("platform", "slot"), condition=Q(ended_at=None), name="intake_key_one_a_slot"
            ),
        )

    def __str__(self) -> str:
        return self.key_id


class IntakeNonce(models.Model):
    """A nonce that was used: a request that is played again finds it here, whatever Redis forgot."""

    platform = models.ForeignKey(IntakePlatform, models.CASCADE, related_name="+", db_index=False)
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("已用随机数")
        constraints = (models.UniqueConstraint(fields=("platform", "nonce"), name="intake_nonce_once"),)
        indexes = (models.Index(fields=("at",), name="intake_nonce_at"),)

    def __str__(self) -> str:
        return self.nonce


class IntakeDay(models.Model):
    """What a platform sent on one day, counted as it came; ``minute_received`` is of the minute ``minute``."""

    platform = models.ForeignKey(IntakePlatform, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField(_("日期"))
    minute = models.DateTimeField(db_default=Now())
    minute_received = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(_("请求"), default=0)
    received = models.PositiveIntegerField(_("新收"), default=0)
    repeated = models.PositiveIntegerField(_("重复"), default=0)
    changed = models.PositiveIntegerField(_("补充"), default=0)
    refused = models.PositiveIntegerField(_("拒收"), default=0)
    dead = models.PositiveIntegerField(_("待人工"), default=0)
    returned = models.PositiveIntegerField(_("已回传"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("每日统计")
        constraints = (models.UniqueConstraint(fields=("platform", "day"), name="intake_day_once"),)

    def __str__(self) -> str:
        return f"{self.platform_id} {self.day}"

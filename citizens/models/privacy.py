"""How a citizen is reached, what they were told and agreed to, and what became of data whose time was over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from citizens.models.receipts import Receipt


class Contact(models.Model):
    """A number that its owner proved to hold: sealed, found by a keyed digest, seen masked."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="contact", verbose_name=_("市民")
    )
    sealed = models.TextField(_("手机号（密文）"), editable=False)
    blind_index = models.CharField(_("手机号索引"), max_length=64, unique=True, editable=False)
    shown_phone = models.CharField(_("手机号（遮盖）"), max_length=16)
    verified_at = models.DateTimeField(_("验证时间"))
    wants_news = models.BooleanField(_("进展发短信"), default=False, db_default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("市民联系方式")

    def __str__(self) -> str:
        return self.shown_phone


class PrivacyNotice(models.Model):
    """What citizens are told about their data. In force since ``effective_at``; from then on a trigger keeps it as is.

    ``text`` is sections parted by empty lines; the first line of each is its heading.
    """

    version = models.PositiveIntegerField(_("版本"), unique=True)
    text = models.TextField(_("正文"), max_length=20_000)
    changes = models.TextField(_("修改说明"), max_length=1000, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(_("起草时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    effective_at = models.DateTimeField(_("生效时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("隐私告知")
        ordering = ("-version",)
        constraints = (
            # The one that comes with the platform was drafted by nobody.
            models.CheckConstraint(
                condition=Q(drafted_by=None) | Q(effective_at=None, decided_by=None) | ~Q(drafted_by=F("decided_by")),
                name="privacynotice_by_two",
            ),
            models.CheckConstraint(
                condition=Q(drafted_by=None) | Q(effective_at=None) | Q(decided_by__isnull=False),
                name="privacynotice_decided",
            ),
        )

    def __str__(self) -> str:
        return f"v{self.version}"


class Consent(models.Model):
    """Somebody agreed to a version: who signed in, or who holds a receipt."""

    notice = models.ForeignKey(PrivacyNotice, models.PROTECT, related_name="consents", verbose_name=_("告知版本"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    receipt = models.ForeignKey(Receipt, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同意记录")
        constraints = (
            models.CheckConstraint(condition=Q(user=None) ^ Q(receipt=None), name="consent_of_one"),
            models.UniqueConstraint(
                fields=("user", "notice"), condition=Q(withdrawn_at=None, user__isnull=False), name="consent_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.at:%Y-%m-%d}"


class RetentionRun(models.Model):
    """One night's erasure of one kind of data: how many, up to which moment they were kept."""

    kind = models.CharField(_("内容"), max_length=30)
    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    kept_until = models.DateTimeField(_("清理此时之前"))
    count = models.PositiveIntegerField(_("条数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("到期清理")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"

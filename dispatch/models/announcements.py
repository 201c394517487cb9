"""Announcements to the people of a district or a street, and who has read them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models import District, Role, Street, Unit
from lianqin.kernel.clock import Now


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class Announcement(models.Model):
    """Plain text to everybody of its place; ``roles`` and ``units`` narrow that, empty they do not.

    ``read_by``: until when everybody must have confirmed it; ``expires_at``: from when it is past.
    """

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name=_("区"))
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("街道"))
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    title = models.CharField(_("标题"), max_length=80)
    body = models.TextField(_("正文"), max_length=10_000)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    units = models.ManyToManyField(Unit, related_name="+", blank=True, verbose_name=_("单位"))
    must_read = models.BooleanField(_("须确认已阅"), default=False)
    read_by = models.DateTimeField(_("确认期限"), null=True, blank=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=AnnouncementState, default=AnnouncementState.DRAFT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("拟稿人"))
    created_at = models.DateTimeField(_("拟稿时间"), db_default=Now(), editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    reason = models.CharField(_("撤回理由"), max_length=200, blank=True)
    reminded_at = models.DateTimeField(_("最近提醒"), null=True)
    synthetic = models.BooleanField(_("合成数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("公告")
        ordering = ("-published_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | ~Q(state="draft") & Q(published_at__isnull=False),
                name="announcement_published_when_not_a_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False) & ~Q(reason=""),
                name="announcement_withdrawn_with_a_reason",
            ),
        )
        indexes = (
            # announcements_for(): of a district, newest first.
            models.Index(fields=("district", "state", "-published_at"), name="announcement_newest"),
        )

    def __str__(self) -> str:
        return self.title


class Receipt(models.Model):
    """Somebody has opened an announcement, and perhaps confirmed that it was read."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="receipts", verbose_name=_("公告"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("阅读人"))
    opened_at = models.DateTimeField(_("打开时间"), db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("已阅回执")
        constraints = (models.UniqueConstraint(fields=("announcement", "user"), name="receipt_once"),)

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.user_id}"

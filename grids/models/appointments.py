"""Posts that wait for the security officer, and people who are leaving."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted

from .divisions import Grid
from .units import Membership, Post, Role, Standing, Unit


class AppointmentList(Drafted):
    """Posts drafted by the system administrator; they take effect as the security officer confirms them."""

    title = models.CharField(_("名单"), max_length=80)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("任职名单")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class LineState(models.TextChoices):
    WAITING = "waiting", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("不予任职")
    WITHDRAWN = "withdrawn", _("已撤销")


class AppointmentLine(models.Model):
    """One post of a list."""

    list = models.ForeignKey(AppointmentList, models.CASCADE, related_name="lines", verbose_name=_("名单"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("人员"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("网格"))
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    post = models.CharField(_("岗位"), max_length=20, choices=Post.choices, blank=True)
    standing = models.CharField(_("副职或B角"), max_length=6, choices=Standing.choices, blank=True)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    starts_on = models.DateField(_("到任日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=LineState.choices, default=LineState.WAITING)
    reason = models.CharField(_("不予任职的理由"), max_length=200, blank=True)
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("任职")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("拟任职")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(unit=None, grid__isnull=False) | Q(unit__isnull=False, grid=None),
                name="line_in_a_unit_or_on_a_grid",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", membership__isnull=False) | ~Q(state="confirmed") & Q(membership=None),
                name="line_confirmed_by_a_post",
            ),
        )
        indexes = (
            # What a person or a list still waits for.
            models.Index(fields=["user"], condition=Q(state="waiting"), name="appointment_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.unit_id or self.grid_id}"


class Departure(models.Model):
    """Somebody leaves the service: from ``leaves_on`` on nothing is open to the account."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="departures", verbose_name=_("人员")
    )
    leaves_on = models.DateField(_("离开日期"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接替人")
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("办理人")
    )
    told_at = models.DateTimeField(_("办理时间"), db_default=Now())
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("离任")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["user"], condition=Q(closed_at=None), name="departure_open_once"),
        )
        indexes = (
            # The sweep of those whose day has come.
            models.Index(fields=["leaves_on"], condition=Q(closed_at=None), name="departure_to_come"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.leaves_on}"

"""What happens on duty: leave, swaps, hand-overs, and where somebody says to be."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now

from .rosters import Shift, Watch


class Leave(models.Model):
    """Somebody cannot come, from ``starts_at`` to ``ends_at``. Why is nobody's business here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves", verbose_name=_("人员"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    told_at = models.DateTimeField(_("登记时间"), db_default=Now())
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("请假")
        ordering = ("-starts_at", "-pk")
        constraints = (models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_start"),)
        # Who is on leave while a shift runs.
        indexes = (models.Index(fields=("user", "ends_at"), condition=Q(ended_at=None), name="leave_of_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%m-%d %H:%M}"


class SwapState(models.TextChoices):
    ASKED = "asked", _("等待对方同意")
    CONSENTED = "consented", _("等待值班长批准")
    DONE = "done", _("已换班")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已过期")


# A swap that still waits for somebody.
SWAP_OPEN = (SwapState.ASKED, SwapState.CONSENTED)


class Swap(models.Model):
    """The asker gives ``watch`` to the partner and takes ``partner_watch``; without one the partner only stands in."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="swaps", verbose_name=_("换出班次"))
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    partner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("对方"))
    partner_watch = models.ForeignKey(
        Watch, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("换入班次")
    )
    needs_approval = models.BooleanField(_("须值班长同意"), default=True)
    state = models.CharField(_("状态"), max_length=10, choices=SwapState, default=SwapState.ASKED)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("申请时间"), db_default=Now())
    # The earlier of both shifts begins: who has not answered by then has refused.
    due_at = models.DateTimeField(_("最迟答复"))
    consented_at = models.DateTimeField(_("对方同意时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("换班")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~Q(asker=F("partner")), name="swap_between_two"),
            models.UniqueConstraint(
                fields=("watch",), condition=Q(state__in=("asked", "consented")), name="swap_open_once_a_watch"
            ),
        )
        indexes = (
            # expire_swaps(): nobody answered before the shift.
            models.Index(fields=("due_at",), condition=Q(state__in=("asked", "consented")), name="swap_due"),
            # What waits for me.
            models.Index(fields=("partner",), condition=Q(state="asked"), name="swap_for_partner"),
        )

    def __str__(self) -> str:
        return f"{self.asker_id} → {self.partner_id} {self.state}"


class Handover(models.Model):
    """What the out-going shift leaves to the in-coming. A database trigger keeps it as it was signed."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="handover", verbose_name=_("交班班次"))
    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="handovers", verbose_name=_("单位"))
    taken_by_shift = models.ForeignKey(
        Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接班班次")
    )
    due_at = models.DateTimeField(_("交接时间"))
    important = models.TextField(_("重要事项"), blank=True)
    pending = models.TextField(_("待办事项"), blank=True)
    # Filled in by the system as it was written: open, overdue, urgent, to_dispatch, supervised.
    facts = models.JSONField(_("在办情况"), default=dict)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("交班人")
    )
    written_at = models.DateTimeField(_("交班时间"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接班人")
    )
    signed_at = models.DateTimeField(_("接班签字时间"), null=True, blank=True)
    remark = models.CharField(_("接班意见"), max_length=200, blank=True)
    alarm_due_at = models.DateTimeField(_("催交时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("交接班")
        ordering = ("-due_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False, written_at__isnull=False),
                name="handover_signed_by_somebody",
            ),
            # Nobody takes over from themselves.
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("written_by")), name="handover_between_two"
            ),
        )
        indexes = (
            # The log of a unit.
            models.Index(fields=("unit", "-due_at"), name="handover_of_unit"),
            # call_for_handovers(): not signed in time.
            models.Index(fields=("alarm_due_at",), condition=Q(alarm_due_at__isnull=False), name="handover_late"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.due_at:%m-%d %H:%M}"


class Position(models.Model):
    """Where somebody on duty says to be: the latest only, and only until the shift ends."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="position", verbose_name=_("人员")
    )
    lon = models.FloatField(_("经度"), validators=(MinValueValidator(-180), MaxValueValidator(180)))
    lat = models.FloatField(_("纬度"), validators=(MinValueValidator(-90), MaxValueValidator(90)))
    accuracy_m = models.PositiveIntegerField(_("精度(米)"), default=0)
    at = models.DateTimeField(_("时间"))
    until = models.DateTimeField(_("保留至"))

    class Meta:
        verbose_name = verbose_name_plural = _("位置")
        constraints = (
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90), name="position_on_earth"
            ),
        )
        # erase_positions(): what has outlived its shift.
        indexes = (models.Index(fields=("until",), name="position_until"),)

    def __str__(self) -> str:
        return f"{self.user_id}"

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted


class WorkCalendar(models.Model):
    """One published calendar. Never changed afterwards: clocks that were started on it are explained by it.

    Versions are counted over all calendars together. Without a ``unit`` it is the district's.
    """

    version = models.PositiveIntegerField(_("版本"), unique=True)
    name = models.CharField(_("名称"), max_length=64)
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("适用单位")
    )
    slots = models.JSONField(_("每日工作时段"), help_text=_('如 [["09:00","12:00"],["13:30","17:30"]]'))
    week = models.JSONField(
        _("每周工作时段"), null=True, blank=True, help_text=_("周一到周日各自的时段；空着即周一至周五同每日时段")
    )
    known_from = models.DateField(_("放假安排起始日期"))
    known_until = models.DateField(_("放假安排截止日期"), help_text=_("此后的日期按周一至周五推算"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), db_default=Now())

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ("-version",)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class CalendarDay(models.Model):
    """A day that the plain week (Monday to Friday) gets wrong, or that has a name."""

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="days", verbose_name=_("工作日历")
    )
    date = models.DateField(_("日期"))
    workday = models.BooleanField(_("工作日"))
    slots = models.JSONField(_("当日工作时段"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=64, blank=True)
    # False: a unit's calendar took the day over from the district's, and takes it over again from the next one.
    own = models.BooleanField(_("本日历自定"), default=True)

    class Meta:
        verbose_name = _("特殊日期")
        verbose_name_plural = _("特殊日期")
        ordering = ("date",)
        constraints = (models.UniqueConstraint(fields=("calendar", "date"), name="calendar_day_once"),)

    def __str__(self) -> str:
        return f"{self.date} {self.note}"


class CalendarDraft(Drafted):
    """What a calendar shall say next: hours, and days over those of the calendar in force. Published when approved."""

    name = models.CharField(_("名称"), max_length=64)
    unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("适用单位")
    )
    slots = models.JSONField(_("每日工作时段"))
    week = models.JSONField(_("每周工作时段"), null=True, blank=True)
    known_until = models.DateField(_("放假安排截止日期"))
    reason = models.CharField(_("依据与说明"), max_length=500, blank=True)
    calendar = models.OneToOneField(
        WorkCalendar, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("发布的日历")
    )

    class Meta(Drafted.Meta):
        verbose_name = _("工作日历草稿")
        verbose_name_plural = _("工作日历草稿")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class CalendarDraftDay(models.Model):
    """One day of a draft that differs from the calendar in force."""

    draft = models.ForeignKey(CalendarDraft, models.CASCADE, related_name="days", verbose_name=_("草稿"))
    date = models.DateField(_("日期"))
    workday = models.BooleanField(_("工作日"))
    slots = models.JSONField(_("当日工作时段"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("草稿日期")
        verbose_name_plural = _("草稿日期")
        ordering = ("date",)
        constraints = (models.UniqueConstraint(fields=("draft", "date"), name="calendar_draft_day_once"),)

    def __str__(self) -> str:
        return f"{self.date} {self.note}"


class RecomputationState(models.TextChoices):
    PROPOSED = "proposed", _("待批准")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("未批准")
    APPLIED = "applied", _("已执行")


class CalendarRecomputation(models.Model):
    """The offer to move the clocks of open orders onto a newly published calendar; a second person approves."""

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.PROTECT, related_name="recomputations", verbose_name=_("新日历")
    )
    previous = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+", verbose_name=_("原日历"))
    changed_from = models.DateField(_("变化起始日期"))
    changed_until = models.DateField(_("变化截止日期"))
    reason = models.TextField(_("理由"), blank=True)
    state = models.CharField(
        _("状态"), max_length=16, choices=RecomputationState.choices, default=RecomputationState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提出人"),
    )
    proposed_at = models.DateTimeField(_("提出时间"), db_default=Now())
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    order_total = models.PositiveIntegerField(_("待重算工单数"), null=True, blank=True)
    order_count = models.PositiveIntegerField(_("重算工单数"), null=True, blank=True)

    class Meta:
        verbose_name = _("时限重算")
        verbose_name_plural = _("时限重算")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="recomputation_second_person",
                condition=models.Q(approved_by__isnull=True)
                | models.Q(proposed_by__isnull=True)
                | ~models.Q(approved_by=models.F("proposed_by")),
            ),
            # One open offer per calendar: services.propose_recomputation repeats harmlessly.
            models.UniqueConstraint(
                fields=("calendar",), name="recomputation_one_open", condition=models.Q(state="proposed")
            ),
        )

    def __str__(self) -> str:
        return f"{self.previous_id} → {self.calendar_id}"

"""What stewards are paid: assessed by the quarter, within the budget of a community and year. Amounts in yuan."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted

from .divisions import Community
from .stewards import Steward


class Grade(models.TextChoices):
    EXCELLENT = "excellent", _("优秀")
    QUALIFIED = "qualified", _("合格")
    FAILED = "failed", _("不合格")


class StewardAssessment(models.Model):
    """The mark of one quarter, named by its first day."""

    steward = models.ForeignKey(Steward, models.PROTECT, related_name="assessments", verbose_name=_("楼栋长"))
    quarter = models.DateField(_("考核季度"))
    score = models.DecimalField(_("得分"), max_digits=4, decimal_places=1)
    grade = models.CharField(_("等次"), max_length=10, choices=Grade.choices)
    remark = models.CharField(_("评语"), max_length=300, blank=True)
    assessed_at = models.DateTimeField(_("考核时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长考核")
        ordering = ("-quarter", "steward")
        constraints = (
            models.UniqueConstraint(fields=["steward", "quarter"], name="assessment_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="assessment_score"),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10)), name="assessment_of_a_quarter"
            ),
        )

    def __str__(self) -> str:
        return f"{self.steward_id} {self.quarter:%Y-%m} {self.score}"


class AllowanceBudget(models.Model):
    """What may be spent in one community in one year."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="allowance_budgets", verbose_name=_("社区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    planned = models.DecimalField(_("预算"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("补贴预算")
        ordering = ("-year", "community")
        constraints = (
            models.UniqueConstraint(fields=["community", "year"], name="budget_once"),
            models.CheckConstraint(condition=Q(planned__gte=0), name="budget_not_below_zero"),
        )

    def __str__(self) -> str:
        return f"{self.community_id} {self.year}"


class PaymentList(Drafted):
    """What is paid to the stewards of a community for a quarter: drafted by one person, approved by another."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="payment_lists", verbose_name=_("社区"))
    quarter = models.DateField(_("季度"))
    total = models.DecimalField(_("合计"), max_digits=10, decimal_places=2, default=Decimal(0))

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("补贴发放表")
        ordering = ("-quarter", "-pk")

    def __str__(self) -> str:
        quarter = f"{self.quarter:%Y}年第{(self.quarter.month + 2) // 3}季度"
        return f"{self.community.short_name} {quarter}"


class PaymentLine(models.Model):
    """One steward on a list: what was committed for the quarter, and the share that the assessment leaves of it."""

    payment = models.ForeignKey(PaymentList, models.CASCADE, related_name="lines", verbose_name=_("发放表"))
    steward = models.ForeignKey(Steward, models.PROTECT, related_name="+", verbose_name=_("楼栋长"))
    months = models.PositiveSmallIntegerField(_("月数"))
    committed = models.DecimalField(_("应发基数"), max_digits=8, decimal_places=2)
    grade = models.CharField(_("等次"), max_length=10, choices=Grade.choices)
    share = models.PositiveSmallIntegerField(_("比例(%)"))
    amount = models.DecimalField(_("实发"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("发放明细")
        ordering = ("payment", "steward")
        constraints = (models.UniqueConstraint(fields=["payment", "steward"], name="payment_line_once"),)

    def __str__(self) -> str:
        return f"{self.payment_id}:{self.steward_id} {self.amount}"


class AllowanceCommitment(models.Model):
    """One steward and month, taken from the budget until a payment list settles it."""

    steward = models.ForeignKey(Steward, models.PROTECT, related_name="commitments", verbose_name=_("楼栋长"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("社区"))
    month = models.DateField(_("月份"))
    amount = models.DecimalField(_("金额"), max_digits=8, decimal_places=2)
    line = models.ForeignKey(
        PaymentLine, models.SET_NULL, null=True, blank=True, related_name="commitments", verbose_name=_("发放明细")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("补贴列支")
        ordering = ("month", "steward")
        constraints = (
            models.UniqueConstraint(fields=["steward", "month"], name="commitment_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="commitment_of_a_month"),
        )
        indexes = (
            # The figures of a budget.
            models.Index(fields=["community", "month"], name="commitment_by_place"),
        )

    def __str__(self) -> str:
        return f"{self.steward_id} {self.month:%Y-%m} {self.amount}"

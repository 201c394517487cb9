from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.models.categories import Category
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency
from lianqin.kernel.drafts import Drafted


class Conditions(models.Model):
    """Which clocks a rule is about, besides the matter. Blank means "any"."""

    stage = models.CharField(_("环节"), max_length=16, choices=Stage.choices)
    deadline_class = models.CharField(_("时限类别"), max_length=16, choices=DeadlineClass.choices, blank=True)
    source = models.CharField(_("来源"), max_length=32, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=16, choices=Urgency.choices, blank=True)
    level = models.CharField(_("响应级别"), max_length=16, choices=Level.choices, blank=True)

    class Meta:
        abstract = True


class DeadlineRule(Conditions):
    """How long a stage may take. Blank means "any"; the most specific row wins (:mod:`catalogue.deadlines`)."""

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("事项分类")
    )
    amount = models.PositiveIntegerField(_("时长"))
    unit = models.CharField(_("单位"), max_length=16, choices=Unit.choices)
    around_the_clock = models.BooleanField(_("全天计时"), default=False)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("时限规则")
        verbose_name_plural = _("时限规则")
        ordering = ("stage", "id")
        constraints = (
            models.CheckConstraint(name="deadline_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="deadline_workdays_by_calendar",
                condition=models.Q(around_the_clock=False) | models.Q(unit="minutes"),
            ),
            models.UniqueConstraint(
                fields=("stage", "category", "deadline_class", "source", "urgency", "level", "valid_from"),
                name="deadline_rule_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.amount} {self.get_unit_display()}"


class DeadlineDraft(Drafted):
    """A set of rule changes from one day on; written to the table when the second person approves."""

    name = models.CharField(_("名称"), max_length=60)
    reason = models.CharField(_("调整理由"), max_length=500, blank=True)
    valid_from = models.DateField(_("生效日期"))
    in_force_from = models.DateField(_("实际生效日期"), null=True, blank=True)

    class Meta(Drafted.Meta):
        verbose_name = _("时限调整草稿")
        verbose_name_plural = _("时限调整草稿")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class DeadlineChange(Conditions):
    """One line of a draft: the term for these conditions, or, without an amount, the end of their rule."""

    draft = models.ForeignKey(DeadlineDraft, models.CASCADE, related_name="changes", verbose_name=_("草稿"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("事项分类")
    )
    amount = models.PositiveIntegerField(_("时长"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=16, choices=Unit.choices, blank=True)
    around_the_clock = models.BooleanField(_("全天计时"), default=False)
    # What stood before, kept when the draft is decided: history shows it long after the table has moved on.
    before = models.JSONField(_("原规则"), null=True, blank=True)

    class Meta:
        verbose_name = _("时限调整")
        verbose_name_plural = _("时限调整")
        ordering = ("stage", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("draft", "stage", "category", "deadline_class", "source", "urgency", "level"),
                name="deadline_change_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="deadline_change_has_term",
                condition=models.Q(amount=None, unit="") | models.Q(amount__gt=0) & ~models.Q(unit=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.amount or '—'} {self.get_unit_display()}"

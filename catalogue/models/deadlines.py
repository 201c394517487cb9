from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.models.categories import Category
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency


class DeadlineRule(models.Model):
    """How long a stage may take. Blank means "any"; the most specific row wins (:mod:`catalogue.deadlines`)."""

    stage = models.CharField(_("环节"), max_length=16, choices=Stage.choices)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("事项分类")
    )
    deadline_class = models.CharField(_("时限类别"), max_length=16, choices=DeadlineClass.choices, blank=True)
    source = models.CharField(_("来源"), max_length=32, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=16, choices=Urgency.choices, blank=True)
    level = models.CharField(_("响应级别"), max_length=16, choices=Level.choices, blank=True)
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

"""Sums that boards read, by day and by month, and the events that are not in them yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now


class Measures(models.Model):
    """A column for each of rules.MEASURES; all of them plain sums."""

    reported = models.IntegerField(_("上报"), default=0)
    registered = models.IntegerField(_("立案"), default=0)
    unregistered = models.IntegerField(_("因更正位置撤销立案"), default=0)
    declined = models.IntegerField(_("不予立案"), default=0)
    contested = models.IntegerField(_("异议"), default=0)
    dispatched = models.IntegerField(_("派遣"), default=0)
    dispatched_by_rule = models.IntegerField(_("有清单建议的派遣"), default=0)
    followed = models.IntegerField(_("采纳清单建议"), default=0)
    corrected = models.IntegerField(_("改派"), default=0)
    misdispatched = models.IntegerField(_("主办退单"), default=0)
    upheld = models.IntegerField(_("仲裁维持原派"), default=0)
    returned = models.IntegerField(_("退单"), default=0)
    submitted = models.IntegerField(_("反馈"), default=0)
    submitted_late = models.IntegerField(_("逾期反馈"), default=0)
    reworked = models.IntegerField(_("返工"), default=0)
    on_site = models.IntegerField(_("现场处置"), default=0)
    escalated = models.IntegerField(_("升级"), default=0)
    timed_out = models.IntegerField(_("超时升级"), default=0)
    first_escalated = models.IntegerField(_("首次到区"), default=0)
    handed_down = models.IntegerField(_("交办"), default=0)
    supervised = models.IntegerField(_("督办"), default=0)
    extended = models.IntegerField(_("延期"), default=0)
    shelved = models.IntegerField(_("挂账"), default=0)
    merged = models.IntegerField(_("并案"), default=0)
    voided = models.IntegerField(_("作废"), default=0)
    closed = models.IntegerField(_("结案"), default=0)
    closed_at_street = models.IntegerField(_("街道结案"), default=0)
    closed_at_district = models.IntegerField(_("区级结案"), default=0)
    closed_first_level = models.IntegerField(_("一级结案"), default=0)
    closed_on_site = models.IntegerField(_("现场处置结案"), default=0)
    closed_by_enforcement = models.IntegerField(_("执法部门结案"), default=0)
    closed_late = models.IntegerField(_("逾期结案"), default=0)
    reopened = models.IntegerField(_("重启"), default=0)
    reached = models.IntegerField(_("回访接通"), default=0)
    satisfied = models.IntegerField(_("满意"), default=0)
    ended = models.IntegerField(_("结束"), default=0)
    revived = models.IntegerField(_("恢复办理"), default=0)
    moved_in = models.IntegerField(_("转入"), default=0)
    moved_out = models.IntegerField(_("转出"), default=0)
    reclassified_in = models.IntegerField(_("事项转入"), default=0)
    reclassified_out = models.IntegerField(_("事项转出"), default=0)
    registered_seconds = models.BigIntegerField(_("立案用时合计(秒)"), default=0)
    submitted_seconds = models.BigIntegerField(_("反馈用时合计(秒)"), default=0)
    closed_seconds = models.BigIntegerField(_("结案用时合计(秒)"), default=0)

    class Meta:
        abstract = True


class Booking(models.Model):
    """An event that is to be counted, until services.fold adds it to the rollups. Inserted only: nobody waits."""

    order_id = models.BigIntegerField(_("工单"))
    seq = models.PositiveIntegerField(_("流水号"))
    booked_at = models.DateTimeField(_("登记时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("待汇总流水")

    def __str__(self) -> str:
        return f"{self.order_id}#{self.seq}"


class Rollup(Measures):
    """The sums of a cell. ``day`` is the first of the month for ``grain`` month.

    ``dimension`` all, source or category: each holds everything once; ``value`` is the source or the category's key.
    ``cohort`` is the month of the orders (0 for old ids): history is archived by it, and rebuilt by it.
    """

    grain = models.CharField(_("粒度"), max_length=5, choices=[("day", _("日")), ("month", _("月"))])
    dimension = models.CharField(
        _("维度"), max_length=8, choices=[("all", _("合计")), ("source", _("来源")), ("category", _("事项分类"))]
    )
    day = models.DateField(_("日期"))
    district_id = models.BigIntegerField(_("区"))
    street_id = models.BigIntegerField(_("街道"), null=True)
    value = models.CharField(_("取值"), max_length=24, blank=True)
    cohort = models.IntegerField(_("工单月份"))

    class Meta:
        verbose_name = verbose_name_plural = _("汇总")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # fold(): the row to add to. totals(): the days of one grain and dimension, side by side.
            models.UniqueConstraint(
                fields=("grain", "dimension", "day", "district_id", "street_id", "value", "cohort"),
                nulls_distinct=False,
                name="rollup_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            # rebuild() and reconcile(): everything that the orders of one month added.
            models.Index(fields=("cohort",), name="rollup_cohort")
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.day} {self.dimension} {self.value}"


class Reading(models.Model):
    """Where a day stood at a moment of it: what makes a day comparable with the one before at the same hour.

    ``at`` is the start of a slot of services.READING_MINUTES; the counts are those of the local day so far, except
    ``open`` and ``overdue``, which are of the moment. Kept for days, written once.
    """

    at = models.DateTimeField(_("时刻"))
    day = models.DateField(_("日期"))
    district_id = models.BigIntegerField(_("区"))
    street_id = models.BigIntegerField(_("街道"), null=True)
    reported = models.IntegerField(_("上报"), default=0)
    registered = models.IntegerField(_("立案"), default=0)
    closed = models.IntegerField(_("结案"), default=0)
    escalated = models.IntegerField(_("升级"), default=0)
    supervised = models.IntegerField(_("督办"), default=0)
    open = models.IntegerField(_("在办"), default=0)
    overdue = models.IntegerField(_("超时"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("时点读数")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # take_readings(): a slot is written once. readings(): a place since yesterday.
            models.UniqueConstraint(
                fields=("at", "district_id", "street_id"), nulls_distinct=False, name="reading_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.district_id} {self.street_id}"


class Reconciliation(models.Model):
    """When the rollups of a cohort were last compared with its events, and how many cells differed."""

    cohort = models.IntegerField(_("工单月份"), primary_key=True)
    checked_at = models.DateTimeField(_("核对时间"))
    differences = models.PositiveIntegerField(_("不符"))

    class Meta:
        verbose_name = verbose_name_plural = _("汇总核对")

    def __str__(self) -> str:
        return f"{self.cohort} {self.differences}"

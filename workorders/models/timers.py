"""The database is the clock: ladders of steps, the record of the sweeps, alarms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder
from workorders.models.work import Assignment, Request
from workorders.states import Level, Stage, TimerState


class Timer(models.Model):
    """A ladder on one stage of an order. Each firing writes its event and moves ``step`` and ``next_at`` once.

    ``policy_snapshot`` is frozen at the start: ``{"seconds", "around_the_clock", "rule", "steps": [{"name",
    "effect", "offset", "rest"}], "repeat"}``; offsets and rests in business seconds of ``calendar_version``.
    """

    # Timers are asked for by their order, which `timer_once_a_generation` begins with.
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="timers", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="timers", db_index=False)
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="timers", db_index=False)
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage)
    level = models.CharField(_("层级"), max_length=8, choices=Level)
    generation = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("状态"), max_length=10, choices=TimerState, default=TimerState.PENDING)
    step = models.PositiveSmallIntegerField(_("已到第几步"), default=0)
    started_at = models.DateTimeField(_("开始时间"))
    next_at = models.DateTimeField(_("下一步时间"), null=True)
    due_at = models.DateTimeField(_("到期时间"))
    elapsed_seconds = models.FloatField(_("此前已计时"), default=0)
    running_since = models.DateTimeField(_("本段开始"))
    credited_seconds = models.FloatField(_("停机顺延"), default=0)
    policy_snapshot = models.JSONField()
    calendar_version = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(_("失败次数"), default=0)
    retry_at = models.DateTimeField(_("重试时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("计时器")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("order", "assignment", "request", "stage", "level", "generation"),
                nulls_distinct=False,
                name="timer_once_a_generation",
            ),
            models.UniqueConstraint(
                fields=("order", "assignment", "request", "stage", "level"),
                condition=Q(state__in=("pending", "paused")),
                nulls_distinct=False,
                name="timer_one_running",
            ),
        )
        indexes = (
            # The sweep: what is due.
            models.Index(fields=("next_at",), condition=Q(state="pending"), name="timer_due"),
            models.Index(fields=("order",), condition=Q(state__in=("pending", "paused")), name="timer_order_running"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.stage} {self.state}"


class SweepRecord(models.Model):
    """When anybody last swept, and when anybody last audited, by wall time. A gap of sweeps is an outage."""

    SWEEP, AUDIT = 1, 2

    last_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("巡检记录")

    def __str__(self) -> str:
        return self.last_at.isoformat()


class Downtime(models.Model):
    """A gap between two sweeps, on the platform's clock; it counts against nobody."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("停机记录")
        ordering = ("began_at",)

    def __str__(self) -> str:
        return f"{self.began_at:%F %T} - {self.ended_at:%T}"


class Alarm(models.Model):
    """Something that a person of the operations must look at; found again, it is not raised twice."""

    kind = models.CharField(_("种类"), max_length=32)
    subject = models.CharField(_("对象"), max_length=64)
    detail = models.TextField(_("说明"))
    raised_at = models.DateTimeField(_("发现时间"))
    seen_at = models.DateTimeField(_("最近一次"))
    cleared_at = models.DateTimeField(_("消除时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("告警")
        ordering = ("-raised_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"), condition=Q(cleared_at__isnull=True), name="alarm_standing_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

"""Trials of decisions: a month's orders under other deadlines or other hours of duty."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now


class TrialState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("推演中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有成功")
    STOPPED = "stopped", _("已停止")


UNDER_WAY = (TrialState.QUEUED, TrialState.RUNNING)


class Trial(models.Model):
    """One question and its answer.

    ``shares``: percent of the present time, by stage. ``hours``: by level ``{"now": slots, "then": slots}``.
    ``result``: see ``dispatch.rules.replaying.as_json``.
    """

    name = models.CharField(_("名称"), max_length=60)
    since = models.DateField(_("起始月"))
    until = models.DateField(_("截止月"))
    draft = models.ForeignKey(
        "catalogue.DeadlineDraft", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("时限草稿")
    )
    changes = models.JSONField(_("草稿内容"), default=list, blank=True)
    shares = models.JSONField(_("时限比例"), default=dict, blank=True)
    hours = models.JSONField(_("值守时段"), default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=TrialState, default=TrialState.QUEUED)
    done = models.PositiveIntegerField(_("已读"), default=0)
    total = models.PositiveIntegerField(_("共"), default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    alive_at = models.DateTimeField(_("最近进展"), null=True)
    result = models.JSONField(_("结果"), null=True)
    message = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    created_at = models.DateTimeField(_("发起时间"), db_default=Now(), editable=False)
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("推演")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="trial_months_in_order"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="trial_done_has_a_result"
            ),
        )
        # resume_trials(): what is under way.
        indexes = (models.Index(fields=("id",), condition=Q(state__in=("queued", "running")), name="trial_under_way"),)

    def __str__(self) -> str:
        return self.name

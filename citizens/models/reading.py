"""What was learned from texts, what was suggested by it, and by what two reports are known to be alike."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from workorders.models import WorkOrder


class ReadingKind(models.TextChoices):
    CATEGORY = "category", _("事项分类")
    URGENCY = "urgency", _("紧急程度")


class ReadingState(models.TextChoices):
    DRAFT = "draft", _("未启用")
    PROPOSED = "proposed", _("待第二人确认")
    ACTIVE = "active", _("使用中")
    RETIRED = "retired", _("已停用")


class TextModel(models.Model):
    """A version of a reader. It is never changed but in its state; of the texts it holds counts only."""

    kind = models.CharField(_("读什么"), max_length=10, choices=ReadingKind)
    version = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=ReadingState, default=ReadingState.DRAFT)
    trained_at = models.DateTimeField(_("训练时间"), db_default=Now())
    # How many texts, from when to when, seconds taken, what n-grams.
    trained_on = models.JSONField(_("训练数据"))
    # Of the latest texts, which it did not learn from: see rules.reading_scores.Scores; of the active one on the same.
    scores = models.JSONField(_("评测结果"))
    threshold = models.FloatField(_("建议的最低把握"))
    digest = models.CharField(_("参数摘要"), max_length=64)
    automatic = models.BooleanField(_("自动启用"), default=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提请人")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人")
    )
    activated_at = models.DateTimeField(_("启用时间"), null=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("文本模型")
        constraints = (
            models.UniqueConstraint(fields=("kind", "version"), name="textmodel_version_once"),
            models.UniqueConstraint(fields=("kind",), condition=Q(state="active"), name="textmodel_one_active"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="textmodel_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | Q(automatic=True)
                | Q(proposed_by__isnull=False, approved_by__isnull=False),
                name="textmodel_active_by_two",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class TextModelWeights(models.Model):
    """The numbers themselves, an .npz without objects, apart so that lists of models stay light."""

    model = models.OneToOneField(TextModel, models.CASCADE, primary_key=True, related_name="weights")
    packet = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("模型参数")

    def __str__(self) -> str:
        return str(self.model_id)


class TrainingState(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("训练中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class ReadingTraining(models.Model):
    """One training, waiting, running or over; at most one is under way."""

    state = models.CharField(_("状态"), max_length=8, choices=TrainingState, default=TrainingState.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    asked_at = models.DateTimeField(_("发起时间"), db_default=Now())
    beaten_at = models.DateTimeField(_("最近进展"), null=True)
    texts_read = models.PositiveIntegerField(_("已读工单数"), default=0)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("模型训练")
        constraints = (
            models.UniqueConstraint(
                Value(1), condition=Q(state__in=("waiting", "running")), name="readingtraining_one_under_way"
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked_at} {self.state}"


class ReadSuggestion(models.Model):
    """What was suggested for a report that came without a category; what became of it the order tells."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="read_suggestion")
    model = models.ForeignKey(TextModel, models.PROTECT, related_name="suggestions", verbose_name=_("模型"))
    code = models.CharField(_("建议分类"), max_length=16)
    confidence = models.FloatField(_("把握"))
    suggested_at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("读出的建议")
        indexes = (models.Index(fields=("suggested_at",), name="readsuggestion_lately"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.code}"


class OrderSignature(models.Model):
    """The n-grams of a report as numbers of buckets, for as long as it may be the twin of another."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="signature")
    buckets = ArrayField(models.IntegerField(), verbose_name=_("片段"))
    made_at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("文本指纹")
        indexes = (models.Index(fields=("made_at",), name="ordersignature_made"),)

    def __str__(self) -> str:
        return str(self.order_id)

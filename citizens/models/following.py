"""What follows the end of a citizen's report: pictures shown, questions answered, calls made, orders drawn."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models.receipts import Receipt
from workorders.models import Attachment, WorkOrder

LEAST, MOST = 1, 5
GRADES = (MinValueValidator(LEAST), MaxValueValidator(MOST))


class PublishedPicture(models.Model):
    """What was decided on a picture. ``path``: the redacted copy that citizens see; empty if none is shown.

    ``rectangles``: ``[[left, top, width, height], ...]`` in thousandths of the picture. The original never leaves.
    """

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name=_("附件"))
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    path = models.CharField(max_length=120, blank=True)
    rectangles = models.JSONField(_("遮挡区域"), default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("决定人"))
    at = models.DateTimeField(_("时间"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公开图片")
        constraints = (
            models.UniqueConstraint(
                fields=("attachment",), condition=Q(withdrawn_at=None), name="publishedpicture_decided_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.key)


class Way(models.TextChoices):
    PAGE = "page", _("网页")
    SMS = "sms", _("短信链接")
    CALL = "call", _("电话回访")


class Satisfaction(models.Model):
    """The answers to the three questions after one ending; nothing where one was left out."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", verbose_name=_("工单"), db_index=False)
    generation = models.PositiveSmallIntegerField(_("轮次"))
    way = models.CharField(_("途径"), max_length=4, choices=Way)
    solved = models.PositiveSmallIntegerField(_("解决了吗"), null=True, validators=GRADES)
    satisfied = models.PositiveSmallIntegerField(_("满意吗"), null=True, validators=GRADES)
    attitude = models.PositiveSmallIntegerField(_("态度好吗"), null=True, validators=GRADES)
    words = models.CharField(_("补充"), max_length=500, blank=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="+", null=True)
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    first_at = models.DateTimeField(_("首次答复"))
    at = models.DateTimeField(_("最近答复"))

    class Meta:
        verbose_name = verbose_name_plural = _("满意度")
        constraints = (
            models.UniqueConstraint(fields=("order", "generation"), name="satisfaction_once_a_round"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": LEAST, f"{name}__lte": MOST}),
                    name=f"satisfaction_{name}_grade",
                )
                for name in ("solved", "satisfied", "attitude")
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.solved}/{self.satisfied}/{self.attitude}"


class SatisfactionChange(models.Model):
    """Every answer that was given, the last one too."""

    satisfaction = models.ForeignKey(Satisfaction, models.CASCADE, related_name="changes")
    way = models.CharField(max_length=4, choices=Way)
    solved = models.PositiveSmallIntegerField(null=True)
    satisfied = models.PositiveSmallIntegerField(null=True)
    attitude = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("满意度记录")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.satisfaction_id} {self.at:%F %T}"


class CallOutcome(models.TextChoices):
    REACHED = "reached", _("已接通")
    REFUSED = "refused", _("拒绝回访")
    MISSED = "missed", _("未接通")


class Callback(models.Model):
    """Who calls the reporter of an order that ended; ``lease_until``: until then nobody else is offered it."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", verbose_name=_("工单"), db_index=False)
    generation = models.PositiveSmallIntegerField(_("轮次"))
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    lease_until = models.DateTimeField(_("占用到"), null=True)
    tries = models.PositiveSmallIntegerField(_("拨打次数"), default=0)
    next_at = models.DateTimeField(_("下次拨打"), null=True)
    outcome = models.CharField(_("结果"), max_length=8, choices=CallOutcome, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("回访")
        constraints = (models.UniqueConstraint(fields=("order", "generation"), name="callback_once_a_round"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.outcome or self.tries}"


class Draw(models.Model):
    """A day's spot checks of a street. Anybody can draw again: see ``citizens.rules.draws``. Never changed.

    ``population``: numbers of the orders closed that day, sorted; ``salt``: 32 random bytes, hex, drawn after the hash
    of the population was made; ``drawn``: the numbers that came out, in their order.
    """

    street = models.ForeignKey("grids.Street", models.PROTECT, related_name="+", verbose_name=_("街道"), db_index=False)
    day = models.DateField(_("办结日期"))
    percent = models.PositiveSmallIntegerField(_("抽查比例"))
    population = models.JSONField(_("名单"))
    population_hash = models.CharField(_("名单摘要"), max_length=64)
    salt = models.CharField(_("随机数"), max_length=64)
    seed = models.CharField(_("种子"), max_length=64)
    drawn = models.JSONField(_("抽中"))
    at = models.DateTimeField(_("抽取时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("抽查抽样")
        ordering = ("-day", "street_id")
        constraints = (models.UniqueConstraint(fields=("street", "day"), name="draw_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.street_id}"


class CheckState(models.TextChoices):
    WAITING = "waiting", _("待抽查")
    PASSED = "passed", _("抽查通过")
    FAILED = "failed", _("抽查不通过")
    OVERTAKEN = "overtaken", _("工单已重启")


class SpotCheck(models.Model):
    """An order that was drawn, and what somebody of another unit found."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="checks")
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", verbose_name=_("工单"))
    state = models.CharField(_("结果"), max_length=10, choices=CheckState, default=CheckState.WAITING)
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    found = models.CharField(_("抽查情况"), max_length=500, blank=True)
    at = models.DateTimeField(_("抽查时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("抽查")
        constraints = (models.UniqueConstraint(fields=("draw", "order"), name="spotcheck_once"),)
        indexes = (models.Index(fields=("draw",), condition=Q(state="waiting"), name="spotcheck_waiting"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"

"""Tips of people who stay unknown, and what they are thanked with."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from citizens.models.rulebooks import Rulebook
from workorders.models import WorkOrder


class TipState(models.TextChoices):
    RECEIVED = "received", _("已收到")
    PROVEN = "proven", _("查证属实")
    UNPROVEN = "unproven", _("未能查实")


class Tip(models.Model):
    """Neither who sent it nor from where is kept; whoever has its code hears of it and may take the reward."""

    code_digest = models.CharField(_("线索码摘要"), max_length=64, unique=True)
    kind = models.SlugField(_("类别"), max_length=20)
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, verbose_name=_("规则版本"), related_name="+")
    # Words and place, as one text.
    sealed = models.TextField(_("内容（密文）"), editable=False)
    # Its day and no more: the minute could tell who was seen at that time.
    day = models.DateField(_("收到日期"))
    state = models.CharField(_("状态"), max_length=8, choices=TipState, default=TipState.RECEIVED)
    answer = models.CharField(_("答复"), max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("核查时间"), null=True)
    order = models.OneToOneField(WorkOrder, models.PROTECT, null=True, related_name="+", verbose_name=_("工单"))
    erased_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("线索")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=TipState.RECEIVED, decided_by=None, decided_at=None)
                | (~Q(state=TipState.RECEIVED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="tip_decided",
            ),
        )
        # What was decided long ago and still has its words.
        indexes = (
            models.Index(
                fields=("decided_at",),
                condition=Q(erased_at=None, decided_at__isnull=False),
                name="tip_decided_not_erased",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class Pays(models.TextChoices):
    POINTS = "points", _("积分")
    CASH = "cash", _("现金")


class TipReward(models.Model):
    """Proposed by one, approved by another, paid once. ``amount`` in points or in yuan."""

    tip = models.OneToOneField(Tip, models.PROTECT, related_name="reward")
    pays = models.CharField(_("发放方式"), max_length=6, choices=Pays)
    amount = models.PositiveIntegerField(_("数额"))
    reason = models.CharField(_("理由"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    paid_at = models.DateTimeField(_("发放时间"), null=True)
    # Who handed out cash, under which number of the cash book. Points are taken with the code alone.
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cash_number = models.CharField(_("支出凭证号"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("线索奖励")
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="tipreward_by_two"
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None) | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="tipreward_paid_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(pays=Pays.POINTS, paid_by=None, cash_number="")
                | Q(pays=Pays.CASH, paid_at=None, paid_by=None, cash_number="")
                | (Q(pays=Pays.CASH, paid_at__isnull=False, paid_by__isnull=False) & ~Q(cash_number="")),
                name="tipreward_cash_is_recorded",
            ),
            models.UniqueConstraint(
                fields=("cash_number",), condition=~Q(cash_number=""), name="tipreward_cash_number_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="tipreward_is_something"),
        )

    def __str__(self) -> str:
        return f"{self.pays} {self.amount}"

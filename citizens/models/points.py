"""The ledger of points. What is written stays; balances follow from it by triggers (migration 0009)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from citizens.models.rulebooks import Rulebook
from workorders.models import WorkOrder


class AccountKind(models.TextChoices):
    CITIZEN = "citizen", _("市民")
    ISSUE = "issue", _("发放")
    REDEMPTION = "redemption", _("兑换")
    CLAWBACK = "clawback", _("收回")
    EXPIRY = "expiry", _("到期作废")


class TransactionKind(models.TextChoices):
    AWARD = "award", _("获得积分")
    TIP = "tip", _("线索奖励")
    CLAWBACK = "clawback", _("收回积分")
    REDEEM = "redeem", _("兑换物品")
    REFUND = "refund", _("兑换退回")
    EXPIRE = "expire", _("到期作废")
    LEAVE = "leave", _("注销作废")


class Capped(models.TextChoices):
    RULE_DAY = "rule_day", _("这一项今天已达上限")
    RULE_MONTH = "rule_month", _("这一项本月已达上限")
    DAY = "day", _("今天的总积分已达上限")
    MONTH = "month", _("本月的总积分已达上限")


class ClaimReason(models.TextChoices):
    VOID = "void", _("这件事核实后作废")
    REOPENED = "reopened", _("办结后复查不实，重新办理")
    MISTAKE = "mistake", _("误记")


class PointsAccount(models.Model):
    """``balance`` is the sum of its entries and changes by them alone. ``owed`` is taken from the next points."""

    kind = models.CharField(_("类别"), max_length=10, choices=AccountKind)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("市民"), null=True, related_name="points"
    )
    balance = models.BigIntegerField(_("余额"), default=0, editable=False)
    owed = models.PositiveIntegerField(_("待扣"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("积分账户")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=AccountKind.CITIZEN, user__isnull=False)
                | (~Q(kind=AccountKind.CITIZEN) & Q(user=None, owed=0)),
                name="pointsaccount_of_citizen",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AccountKind.CITIZEN) | Q(balance__gte=0), name="pointsaccount_never_below_zero"
            ),
            models.UniqueConstraint(fields=("kind",), condition=Q(user=None), name="pointsaccount_one_of_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.balance}"


class PointsTransaction(models.Model):
    """One cause is booked once. Its entries sum to zero, or nothing of it is committed."""

    cause = models.CharField(_("缘由"), max_length=100, unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=TransactionKind)
    note = models.CharField(_("说明"), max_length=80, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("积分交易")

    def __str__(self) -> str:
        return self.cause


class PointsEntry(models.Model):
    transaction = models.ForeignKey(PointsTransaction, models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(PointsAccount, models.PROTECT, related_name="entries", db_index=False)
    amount = models.BigIntegerField(_("分数"))

    class Meta:
        verbose_name = verbose_name_plural = _("积分流水")
        constraints = (
            models.UniqueConstraint(fields=("transaction", "account"), name="pointsentry_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="pointsentry_not_nothing"),
        )
        # An account's entries, newest first.
        indexes = (models.Index(fields=("account", "-id"), name="pointsentry_of_account"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount:+}"


class PointsAward(models.Model):
    """What somebody did and what it was worth: ``given`` is less than ``wanted`` where a cap was reached."""

    cause = models.CharField(_("缘由"), max_length=100, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    rule = models.SlugField(_("规则"), max_length=20, db_index=False)
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, verbose_name=_("规则版本"), related_name="+")
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="+", verbose_name=_("工单"))
    wanted = models.PositiveIntegerField(_("应得"))
    given = models.PositiveIntegerField(_("实得"))
    capped = models.CharField(_("封顶"), max_length=10, choices=Capped, blank=True)
    transaction = models.OneToOneField(PointsTransaction, models.PROTECT, null=True, related_name="award")
    note = models.CharField(_("说明"), max_length=80, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("得分记录")
        constraints = (
            models.CheckConstraint(
                condition=Q(given=F("wanted"), capped="") | (Q(given__lt=F("wanted")) & ~Q(capped="")),
                name="pointsaward_capped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(given=0, transaction=None) | Q(given__gt=0, transaction__isnull=False),
                name="pointsaward_booked",
            ),
        )
        # What a citizen was given today and this month; their page.
        indexes = (models.Index(fields=("user", "-at"), name="pointsaward_of_user"),)

    def __str__(self) -> str:
        return self.cause


class PointsClaim(models.Model):
    """An award that did not stand: all of it is taken back, at once or from the next points."""

    award = models.OneToOneField(PointsAward, models.PROTECT, related_name="claim")
    amount = models.PositiveIntegerField(_("应收回"))
    reason = models.CharField(_("原因"), max_length=10, choices=ClaimReason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("收回记录")

    def __str__(self) -> str:
        return f"{self.award_id} {self.amount}"


class LedgerCheck(models.Model):
    """One proof of the whole ledger: nothing in ``faults`` if the books balance."""

    at = models.DateTimeField(_("时间"))
    transactions = models.PositiveIntegerField(_("交易数"))
    faults = models.JSONField(_("问题"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("账目核对")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {len(self.faults)}"

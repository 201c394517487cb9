"""What points are changed for. Stock follows from its moves by a trigger, as balances do."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reward(models.Model):
    """A thing to be had at one workstation."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("名称"), max_length=40)
    about = models.TextField(_("说明"), max_length=500, blank=True)
    price = models.PositiveIntegerField(_("所需积分"))
    stock = models.PositiveIntegerField(_("库存"), default=0, editable=False)
    per_person = models.PositiveSmallIntegerField(_("每人限兑"))
    kept_days = models.PositiveSmallIntegerField(_("兑换券有效天数"))
    from_at = models.DateTimeField(_("开始兑换"))
    until_at = models.DateTimeField(_("结束兑换"), null=True)
    pickup = models.ForeignKey("grids.Unit", models.PROTECT, verbose_name=_("领取地点"), related_name="+")
    picture = models.CharField(max_length=80, blank=True)
    is_offered = models.BooleanField(_("上架"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("兑换物品")
        ordering = ("price", "id")
        constraints = (
            models.CheckConstraint(condition=Q(price__gte=1), name="reward_has_a_price"),
            models.CheckConstraint(condition=Q(per_person__gte=1), name="reward_per_person"),
            models.CheckConstraint(condition=Q(kept_days__gte=1), name="reward_kept_days"),
        )

    def __str__(self) -> str:
        return self.name


class RedemptionState(models.TextChoices):
    ISSUED = "issued", _("待领取")
    HANDED = "handed", _("已领取")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过期")


class Redemption(models.Model):
    """A voucher. Its code is kept nowhere: it follows from ``key`` and a secret."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client_key = models.UUIDField(_("提交标识"), unique=True)
    code_digest = models.CharField(_("兑换码摘要"), max_length=64, unique=True)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="redemptions", verbose_name=_("物品"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("市民"))
    price = models.PositiveIntegerField(_("积分"))
    state = models.CharField(_("状态"), max_length=9, choices=RedemptionState, default=RedemptionState.ISSUED)
    at = models.DateTimeField(_("兑换时间"))
    expires_at = models.DateTimeField(_("领取期限"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("兑换")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=RedemptionState.ISSUED, ended_at=None)
                | (~Q(state=RedemptionState.ISSUED) & Q(ended_at__isnull=False)),
                name="redemption_ended",
            ),
        )
        # What nobody came for in time.
        indexes = (models.Index(fields=("expires_at",), condition=Q(state="issued"), name="redemption_waiting"),)

    def __str__(self) -> str:
        return f"{self.reward_id} {self.state}"


class MoveKind(models.TextChoices):
    RECEIVED = "received", _("入库")
    REDEEMED = "redeemed", _("兑换")
    RETURNED = "returned", _("退回")
    COUNTED = "counted", _("盘点")


class StockMove(models.Model):
    """Append-only. A count writes the difference, nothing included, so that it shows that somebody counted."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="moves")
    delta = models.IntegerField(_("数量"))
    kind = models.CharField(_("类别"), max_length=8, choices=MoveKind)
    redemption = models.ForeignKey(Redemption, models.PROTECT, null=True, related_name="moves")
    note = models.CharField(_("说明"), max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("库存流水")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("redemption", "kind"), name="stockmove_once"),
            models.CheckConstraint(
                condition=Q(kind="redeemed", delta=-1, redemption__isnull=False)
                | Q(kind="returned", delta=1, redemption__isnull=False)
                | Q(kind="received", delta__gt=0, redemption=None)
                | Q(kind="counted", redemption=None),
                name="stockmove_fits_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reward_id} {self.delta:+}"

"""Whistles: who is called to a place by a time, who came, and who did not."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dispatch.rules.whistles import How, WhistleKind, WhistleState
from lianqin.kernel.clock import Now
from workorders.models import WorkOrder


class Whistle(models.Model):
    """A call to a place. Without an order it tells itself what the matter is; of an order it is the order's history."""

    number = models.CharField(_("哨号"), max_length=20)
    kind = models.CharField(_("类别"), max_length=10, choices=WhistleKind)
    state = models.CharField(_("状态"), max_length=10, choices=WhistleState, default=WhistleState.RAISED)
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="whistles", verbose_name=_("工单"))
    raised_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="raised_to", verbose_name=_("提级自")
    )
    district = models.ForeignKey("grids.District", models.PROTECT, related_name="+", db_index=False)
    street = models.ForeignKey("grids.Street", models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey("grids.Community", models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="+", verbose_name=_("吹哨单位"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("吹哨人")
    )
    matter = models.CharField(_("事由"), max_length=80)
    note = models.TextField(_("到场要求"), blank=True)
    lon = models.FloatField(_("经度 (WGS-84)"))
    lat = models.FloatField(_("纬度 (WGS-84)"))
    address = models.CharField(_("到场地点"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("要求到场时间"))
    raised_at = models.DateTimeField(_("吹哨时间"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("办结人")
    )
    outcome = models.TextField(_("结果"), blank=True)
    synthetic = models.BooleanField(_("合成数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("吹哨")
        ordering = ("-raised_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("district", "number"), name="whistle_number_once"),
            # The machine whistles once for an order.
            models.UniqueConstraint(
                fields=("order",), condition=Q(kind="resident", raised_by=None), name="whistle_by_machine_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("raised", "answered"), ended_at=None)
                | ~Q(state__in=("raised", "answered")) & Q(ended_at__isnull=False),
                name="whistle_ended_when_over",
            ),
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90), name="whistle_on_earth"
            ),
        )
        indexes = (
            # whistles_for(): newest first, of a district or a street.
            models.Index(fields=("district", "-raised_at"), name="whistle_newest"),
            models.Index(fields=("street", "-raised_at"), name="whistle_street_newest"),
        )

    def __str__(self) -> str:
        return self.number


class Summons(models.Model):
    """Somebody who is asked to come: a unit, of which anybody may, or a person."""

    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="summonses", verbose_name=_("吹哨"))
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("人员")
    )
    due_at = models.DateTimeField(_("要求到场时间"))
    acknowledged_at = models.DateTimeField(_("回复时间"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    estimated_at = models.DateTimeField(_("预计到场时间"), null=True)
    arrived_at = models.DateTimeField(_("到场时间"), null=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    how = models.CharField(_("确认方式"), max_length=8, choices=How, blank=True)
    # Where the position was is forgotten: how far from the place it was is all that proves something.
    distance_m = models.PositiveIntegerField(_("距离(米)"), null=True)
    accuracy_m = models.PositiveIntegerField(_("精度(米)"), null=True)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    witness_note = models.CharField(_("确认说明"), max_length=200, blank=True)
    recalled_at = models.DateTimeField(_("催促时间"), null=True)
    no_show_at = models.DateTimeField(_("未到场记录时间"), null=True)
    excuse = models.CharField(_("未到场说明"), max_length=200, blank=True)
    excused_at = models.DateTimeField(_("说明被接受的时间"), null=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    left_at = models.DateTimeField(_("离开时间"), null=True)
    # The sweep's: when to look again; nothing to do once somebody came, did not come, or the whistle is over.
    next_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("到场通知")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(unit=None, user__isnull=False) | Q(unit__isnull=False, user=None),
                name="summons_of_a_unit_or_a_person",
            ),
            models.UniqueConstraint(
                fields=("whistle", "unit"), condition=Q(unit__isnull=False), name="summons_unit_once"
            ),
            models.UniqueConstraint(
                fields=("whistle", "user"), condition=Q(user__isnull=False), name="summons_user_once"
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None, how="")
                | Q(arrived_at__isnull=False, how="position", distance_m__isnull=False)
                | Q(arrived_at__isnull=False, how="witness", witness__isnull=False) & ~Q(witness_note=""),
                name="summons_arrival_says_how",
            ),
            models.CheckConstraint(
                condition=Q(witness=None) | Q(arrived_by=None) | ~Q(witness=F("arrived_by")),
                name="summons_nobody_is_their_own_witness",
            ),
        )
        indexes = (
            # sweep_summonses(): what is due.
            models.Index(fields=("next_at",), condition=Q(next_at__isnull=False), name="summons_due"),
        )

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.unit_id or ''}{self.user_id or ''}"


class WhistleRule(models.Model):
    """A category whose reports by residents summon the grid worker at once."""

    category = models.OneToOneField("catalogue.Category", models.CASCADE, related_name="+", verbose_name=_("事项分类"))
    minutes = models.PositiveSmallIntegerField(_("几分钟内到场"), default=60)

    class Meta:
        verbose_name = verbose_name_plural = _("自动吹哨")
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=1440), name="whistlerule_minutes"),
        )

    def __str__(self) -> str:
        return f"{self.category_id} {self.minutes}"

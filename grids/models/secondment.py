"""Departments at a centre, and what is entrusted to social groups and contractors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .units import Presence, Unit


class Secondment(models.Model):
    """A department serves a centre, from ``starts_on`` until the day before ``ends_on``, with these people."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="secondments", verbose_name=_("参勤单位"))
    centre = models.ForeignKey(Unit, models.PROTECT, related_name="seconded", verbose_name=_("指挥中心"))
    kind = models.CharField(_("参勤方式"), max_length=10, choices=Presence.choices)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("派驻人员"))
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("派驻")
        ordering = ("centre", "kind", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Presence.values), name="secondment_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="secondment_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(unit=F("centre")), name="secondment_to_another_unit"),
            models.UniqueConstraint(fields=["unit", "centre"], condition=Q(ends_on=None), name="secondment_open_once"),
        )

    def __str__(self) -> str:
        return f"{self.unit} → {self.centre}"


class EntrustedService(models.Model):
    """What a department entrusts in a year, with the money that goes with it. Amounts in yuan."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entrusted", verbose_name=_("承接单位"))
    entrusted_by = models.ForeignKey(Unit, models.PROTECT, related_name="entrusting", verbose_name=_("委托单位"))
    matter = models.CharField(_("委托事项"), max_length=200)
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.DecimalField(_("金额(元)"), max_digits=14, decimal_places=2)
    paid = models.DecimalField(_("已支付(元)"), max_digits=14, decimal_places=2, default=0)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("委托服务")
        ordering = ("-year", "unit", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="entrusted_amount_positive"),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("amount")), name="entrusted_paid_within"),
            models.UniqueConstraint(fields=["unit", "entrusted_by", "matter", "year"], name="entrusted_once_a_year"),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.year} {self.matter}"

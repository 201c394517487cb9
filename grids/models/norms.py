"""How large a grid should be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .divisions import Setting


class GridNorm(models.Model):
    """Households and people that a comprehensive grid of such a community should have, both ends included."""

    setting = models.CharField(_("城乡"), max_length=5, choices=Setting.choices, unique=True)
    households_min = models.PositiveIntegerField(_("户数下限"))
    households_max = models.PositiveIntegerField(_("户数上限"))
    people_min = models.PositiveIntegerField(_("人口下限"))
    people_max = models.PositiveIntegerField(_("人口上限"))

    class Meta:
        verbose_name = _("网格标准")
        verbose_name_plural = _("网格标准")
        ordering = ("-setting",)
        constraints = (
            models.CheckConstraint(
                condition=Q(households_min__lte=F("households_max"), people_min__lte=F("people_max")),
                name="norm_begins_before_it_ends",
            ),
        )

    def __str__(self) -> str:
        return self.get_setting_display()

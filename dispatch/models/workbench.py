"""What a dispatcher sets up for the own desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A view of the queue under a name, of one person; ``unit`` set: everybody of that unit has it too."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_filters", verbose_name=_("所有人")
    )
    unit = models.ForeignKey("grids.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("共享单位"))
    name = models.CharField(_("名称"), max_length=16)
    # As rules.filters.tidy leaves it: known parameters only, in one sequence.
    query = models.CharField(_("条件"), max_length=400)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("常用筛选")
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once"),)
        # filters_of(): what colleagues share; one's own are found by the constraint.
        indexes = (models.Index(fields=("unit",), condition=Q(unit__isnull=False), name="saved_filter_shared"),)

    def __str__(self) -> str:
        return self.name

"""Who told of an order and how to reach them: apart from everything else, and sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder


class ReporterContact(models.Model):
    """``sealed`` is opened with a written reason only (``services.contacts``); the others are what everybody sees."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="contact")
    sealed = models.TextField(_("联系方式（密文）"), editable=False)
    shown_name = models.CharField(_("来电人（遮盖）"), max_length=8, blank=True)
    shown_phone = models.CharField(_("联系电话（遮盖）"), max_length=16, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("反映人联系方式")

    def __str__(self) -> str:
        return f"{self.shown_name} {self.shown_phone}".strip()

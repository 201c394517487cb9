"""What somebody who reports takes away."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models import WorkOrder


class Receipt(models.Model):
    """Whoever knows its code follows the order. Of who holds it we know nothing, unless they signed in.

    The code itself is kept nowhere: it follows from ``client_key``, which the reporter's device chose, and a secret.
    """

    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("工单"), related_name="receipts")
    client_key = models.UUIDField(_("上报标识"), unique=True)
    code_digest = models.CharField(_("查询码摘要"), max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("市民"), null=True, related_name="+", db_index=False
    )
    # Told of what somebody else had reported: follows it, and cannot contest or reopen it.
    joined = models.BooleanField(_("附议"), default=False)
    created_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("上报回执")
        indexes = (
            # A citizen's own reports, newest first.
            models.Index(fields=("user", "-id"), condition=Q(user__isnull=False), name="receipt_of_user"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.created_at:%Y-%m-%d %H:%M}"

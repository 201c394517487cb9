"""What one person drafts and another approves: the shape of it, for every room."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .clock import Now


class DraftState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤销")


class Drafted(models.Model):
    """Drafted and submitted by one person, decided by another. ``accounts.services`` moves it from state to state."""

    state = models.CharField(_("状态"), max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("起草人")
    )
    drafted_at = models.DateTimeField(_("起草时间"), db_default=Now())
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    opinion = models.CharField(_("审批意见"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_second_person",
                condition=models.Q(decided_by=None)
                | models.Q(drafted_by=None)
                | ~models.Q(decided_by=models.F("drafted_by")),
            ),
        )

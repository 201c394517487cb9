"""What public observers saw, and what the workstation answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models import Community
from workorders.models import WorkOrder


class RemarkState(models.TextChoices):
    OPEN = "open", _("待答复")
    ANSWERED = "answered", _("已答复")


class RemarkOutcome(models.TextChoices):
    ACCEPTED = "accepted", _("采纳")
    ORDERED = "ordered", _("转为工单办理")
    EXPLAINED = "explained", _("说明情况")


class Remark(models.Model):
    """One remark. ``client_key`` is made with the form: what is sent twice is kept once, and ordered once."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("观察员"), related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("社区"), related_name="+")
    client_key = models.UUIDField(_("标识"), unique=True)
    words = models.CharField(_("看到什么"), max_length=300)
    place = models.CharField(_("在哪里"), max_length=100, blank=True)
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    picture = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=RemarkState, default=RemarkState.OPEN)
    created_at = models.DateTimeField(_("时间"))
    due_at = models.DateTimeField(_("答复期限"))
    outcome = models.CharField(_("结果"), max_length=9, choices=RemarkOutcome, blank=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("答复人"), null=True, related_name="+"
    )
    order = models.OneToOneField(WorkOrder, models.PROTECT, verbose_name=_("工单"), null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("观察意见")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", outcome="", answered_by=None)
                | (Q(state="answered", answered_by__isnull=False, answered_at__isnull=False) & ~Q(outcome="")),
                name="remark_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="ordered", order__isnull=False) | (~Q(outcome="ordered") & Q(order=None)),
                name="remark_ordered_has_order",
            ),
        )
        indexes = (
            # What a workstation has to answer, the first due first.
            models.Index(fields=("community", "due_at"), condition=Q(state="open"), name="remark_open"),
            models.Index(fields=("author", "-id"), name="remark_of_author"),
        )

    def __str__(self) -> str:
        return f"{self.community_id} {self.created_at:%Y-%m-%d} {self.state}"

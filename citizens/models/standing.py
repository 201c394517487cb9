"""What a citizen is to a community: asked for by them, confirmed by its workstation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models import Community


class StandingRole(models.TextChoices):
    RESIDENT = "resident", _("居民")
    VOLUNTEER = "volunteer", _("志愿者")
    OBSERVER = "observer", _("幸福观察员")


class StandingState(models.TextChoices):
    ASKED = "asked", _("待核实")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("未通过")
    ENDED = "ended", _("已结束")


LIVE = (StandingState.ASKED, StandingState.CONFIRMED)


class Standing(models.Model):
    """One standing of one person. Nobody lives in two communities; an observer's has an end."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("市民"), related_name="standings")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("社区"), related_name="+")
    role = models.CharField(_("身份"), max_length=9, choices=StandingRole)
    state = models.CharField(_("状态"), max_length=9, choices=StandingState, default=StandingState.ASKED)
    # By what the workstation can tell that it is so; gone once it has decided.
    note = models.CharField(_("说明"), max_length=100, blank=True)
    # Checked when confirmed; no date of birth is kept.
    adult = models.BooleanField(_("已满 18 周岁"), default=False)
    # The last day of an observer's term.
    until = models.DateField(_("任期至"), null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("核实时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("核实人"), null=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("社区身份")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "community", "role"), condition=Q(state__in=LIVE), name="standing_once"
            ),
            models.UniqueConstraint(
                fields=("user",), condition=Q(state__in=LIVE, role="resident"), name="standing_of_one_community"
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(state="ended") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="standing_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(role="observer", state="confirmed") | Q(until__isnull=False), name="standing_term"
            ),
        )
        indexes = (
            # What a workstation has to decide, and who is there.
            models.Index(fields=("community", "role", "state", "-id"), name="standing_of_community"),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.get_state_display()}"

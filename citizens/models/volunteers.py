"""Night patrol teams: their evenings, who signed up, who came."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grids.models import Community


class PatrolTeam(models.Model):
    """A team of volunteers of one community; its leader is one of them."""

    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("社区"), related_name="+")
    name = models.CharField(_("队名"), max_length=40)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("队长"), null=True, related_name="+"
    )
    # Until how many hours before it begins somebody may take themselves off a shift.
    cancel_hours = models.PositiveSmallIntegerField(_("最晚提前几小时取消"), default=6)
    active = models.BooleanField(_("在用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(_("成立时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("巡夜队")
        constraints = (models.UniqueConstraint(fields=("community", "name"), name="patrolteam_name_once"),)

    def __str__(self) -> str:
        return self.name


class ShiftState(models.TextChoices):
    PLANNED = "planned", _("报名中")
    CANCELLED = "cancelled", _("已取消")
    CLOSED = "closed", _("已结束")


class PatrolShift(models.Model):
    """One evening. Its hours never change once it is planned: it is cancelled and planned anew."""

    team = models.ForeignKey(PatrolTeam, models.PROTECT, verbose_name=_("巡夜队"), related_name="shifts")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    # Part of it lies between 20:00 and 06:00: not for minors.
    night = models.BooleanField(_("夜间"))
    place = models.CharField(_("集合地点"), max_length=100)
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    places = models.PositiveSmallIntegerField(_("需要人数"))
    state = models.CharField(_("状态"), max_length=9, choices=ShiftState, default=ShiftState.PLANNED)
    reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("安排人"), related_name="+")
    created_at = models.DateTimeField(_("安排时间"))
    closed_at = models.DateTimeField(_("结束登记时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("巡夜班次")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="patrolshift_ends_after_start"),
            models.CheckConstraint(condition=Q(places__gte=1, places__lte=60), name="patrolshift_places"),
            models.UniqueConstraint(
                fields=("team", "starts_at"), condition=~Q(state="cancelled"), name="patrolshift_once"
            ),
        )
        indexes = (
            # What begins soon, for reminders and for who looks for an evening.
            models.Index(fields=("starts_at",), condition=Q(state="planned"), name="patrolshift_planned"),
        )

    def __str__(self) -> str:
        return f"{self.team_id} {self.starts_at:%Y-%m-%d %H:%M}"


class SignUpState(models.TextChoices):
    PLACED = "placed", _("已报名")
    WAITING = "waiting", _("候补")
    CANCELLED = "cancelled", _("已取消")


class CheckInWay(models.TextChoices):
    CODE = "code", _("签到码")
    POSITION = "position", _("定位")
    LEADER = "leader", _("队长登记")


class SignUp(models.Model):
    """One person on one evening. The database gives nobody two at the same time (see the migration).

    ``begins_s`` and ``ends_s`` (seconds since 1970) are the shift's, written by a trigger.
    """

    shift = models.ForeignKey(PatrolShift, models.PROTECT, verbose_name=_("班次"), related_name="signups")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("志愿者"), related_name="+")
    state = models.CharField(_("状态"), max_length=9, choices=SignUpState)
    seat = models.PositiveSmallIntegerField(_("第几位"), null=True)
    begins_s = models.BigIntegerField(default=0, editable=False)
    ends_s = models.BigIntegerField(default=0, editable=False)
    at = models.DateTimeField(_("报名时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True)
    checked_in_at = models.DateTimeField(_("签到时间"), null=True)
    way = models.CharField(_("签到方式"), max_length=8, choices=CheckInWay, blank=True)
    # Codes typed wrong; after ten the leader has to do it.
    tries = models.PositiveSmallIntegerField(_("试错次数"), default=0)
    # Counted when the leader closes the evening: 0 for who did not come.
    minutes = models.PositiveSmallIntegerField(_("计入分钟"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("巡夜报名")
        constraints = (
            models.UniqueConstraint(fields=("shift", "user"), condition=~Q(state="cancelled"), name="signup_once"),
            models.UniqueConstraint(fields=("shift", "seat"), condition=Q(state="placed"), name="signup_seat_once"),
            models.CheckConstraint(
                condition=Q(state="placed", seat__gte=1) | (~Q(state="placed") & Q(seat=None)), name="signup_seated"
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes=0) | Q(checked_in_at__isnull=False), name="signup_counted_if_came"
            ),
        )
        indexes = (models.Index(fields=("user", "-id"), name="signup_of_user"),)

    def __str__(self) -> str:
        return f"{self.shift_id}/{self.user_id} {self.state}"

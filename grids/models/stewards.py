"""Building stewards: how many, where, and the file of each from application to leaving."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules import masked_phone
from lianqin.kernel.clock import Now

from ..states import IN_RECRUITMENT, StewardState
from .divisions import Community, District, Grid


class StewardPolicy(models.Model):
    """One row a district: what the stewards are counted, shown in public, and paid by."""

    district = models.OneToOneField(District, models.PROTECT, related_name="+", verbose_name=_("区"))
    households_each = models.PositiveSmallIntegerField(_("每名楼栋长联系户数"), default=100)
    notice_days = models.PositiveSmallIntegerField(_("公示天数"), default=5)
    pass_score = models.PositiveSmallIntegerField(_("面试合格分"), default=60)
    monthly_allowance = models.DecimalField(_("每月补贴(元)"), max_digits=8, decimal_places=2, default=100)
    excellent_share = models.PositiveSmallIntegerField(_("优秀发放比例(%)"), default=100)
    qualified_share = models.PositiveSmallIntegerField(_("合格发放比例(%)"), default=80)
    failed_share = models.PositiveSmallIntegerField(_("不合格发放比例(%)"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长规则")
        constraints = (
            models.CheckConstraint(
                condition=Q(households_each__gte=1, notice_days__gte=1, pass_score__lte=100), name="policy_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(excellent_share__lte=100, qualified_share__lte=100, failed_share__lte=100),
                name="policy_shares",
            ),
        )

    def __str__(self) -> str:
        return f"{self.district_id}"


class StewardQuota(models.Model):
    """A number of places set by hand, where households alone do not decide."""

    community = models.OneToOneField(Community, models.PROTECT, related_name="steward_quota", verbose_name=_("社区"))
    places = models.PositiveSmallIntegerField(_("名额"))
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长名额")

    def __str__(self) -> str:
        return f"{self.community_id}: {self.places}"


class Building(models.Model):
    code = models.CharField(_("楼栋代码"), max_length=24, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings", verbose_name=_("社区"))
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="buildings", verbose_name=_("网格")
    )
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False), name="building_whole_point"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Recruitment(models.Model):
    """A call for stewards (征集) in one community, open from ``opens_on`` through ``closes_on``."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="recruitments", verbose_name=_("社区"))
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("征集内容"), blank=True)
    places = models.PositiveSmallIntegerField(_("征集名额"))
    opens_on = models.DateField(_("报名开始"))
    closes_on = models.DateField(_("报名截止"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发布人")
    )
    created_at = models.DateTimeField(_("发布时间"), db_default=Now())
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长征集")
        ordering = ("-opens_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on"), places__gte=1), name="recruitment_window"),
        )

    def __str__(self) -> str:
        return self.title


class PublicNotice(models.Model):
    """Candidates shown to the public for ``days`` full days after the day of publication, by the database's clock."""

    title = models.CharField(_("标题"), max_length=80)
    days = models.PositiveSmallIntegerField(_("公示天数"))
    starts_at = models.DateTimeField(_("公示开始"), db_default=Now())
    ends_at = models.DateTimeField(_("公示截止"))
    ended_at = models.DateTimeField(_("公示结束"), null=True, blank=True)
    contact = models.CharField(_("意见反映方式"), max_length=120, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发布人")
    )
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长公示")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("ends_at")), name="notice_ends_when_over"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="notice_lasts"),
        )
        indexes = (
            # end_notices(): what the clock has to end.
            models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="notice_running"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> dt.date:
        """The last whole day of the notice, in the district's time zone."""
        return timezone.localdate(self.ends_at - dt.timedelta(microseconds=1))


class Steward(models.Model):
    """One person's file. No identity number: name, year of birth and a telephone number are enough to recruit."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=20)
    birth_year = models.PositiveSmallIntegerField(
        _("出生年份"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="stewards", verbose_name=_("社区"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="stewards", verbose_name=_("楼栋")
    )
    recruitment = models.ForeignKey(
        Recruitment, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("征集")
    )
    notice = models.ForeignKey(
        PublicNotice, models.PROTECT, null=True, blank=True, related_name="candidates", verbose_name=_("公示")
    )
    statement = models.CharField(_("自荐理由"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=StewardState.choices, default=StewardState.APPLIED)
    score = models.DecimalField(_("面试成绩"), max_digits=4, decimal_places=1, null=True, blank=True)
    applied_on = models.DateField(_("报名日期"))
    on_duty_since = models.DateField(_("上岗日期"), null=True, blank=True)
    left_on = models.DateField(_("卸任日期"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=StewardState.values), name="steward_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=(StewardState.ON_DUTY, StewardState.LEFT)) | Q(on_duty_since__isnull=False),
                name="steward_on_duty_since",
            ),
            models.CheckConstraint(
                condition=~Q(state=StewardState.ON_NOTICE) | Q(notice__isnull=False), name="steward_on_a_notice"
            ),
            # One open file a person: who was refused or left may apply again.
            models.UniqueConstraint(
                fields=["name", "phone"],
                condition=Q(state__in=(*IN_RECRUITMENT, StewardState.ON_DUTY)),
                name="steward_one_open_file",
            ),
        )
        indexes = (
            # Quota against duty, and the board of the pipeline.
            models.Index(fields=["community", "state"], name="steward_by_place"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def masked_phone(self) -> str:
        """What lists and files show: the whole number is asked for with ``services.reveal_phone``."""
        return masked_phone(self.phone)


class Objection(models.Model):
    """What somebody said against a candidate while the notice ran."""

    class State(models.TextChoices):
        OPEN = "open", _("待核实")
        UPHELD = "upheld", _("成立")
        DISMISSED = "dismissed", _("不成立")

    steward = models.ForeignKey(Steward, models.PROTECT, related_name="objections", verbose_name=_("候选人"))
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name=_("公示"))
    said_by = models.CharField(_("反映人"), max_length=40, blank=True)
    text = models.CharField(_("反映内容"), max_length=500)
    received_at = models.DateTimeField(_("收到时间"), db_default=Now())
    state = models.CharField(_("结论"), max_length=10, choices=State.choices, default=State.OPEN)
    finding = models.CharField(_("核实情况"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核实人")
    )
    decided_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公示异议")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.steward_id}#{self.pk}"


class StewardEvent(models.Model):
    """One step in a file. Append-only: a database trigger refuses UPDATE and DELETE."""

    steward = models.ForeignKey(Steward, models.PROTECT, related_name="events", verbose_name=_("楼栋长"))
    seq = models.PositiveIntegerField(_("流水号"))
    action = models.CharField(_("动作"), max_length=20)
    state = models.CharField(_("此后状态"), max_length=12, choices=StewardState.choices)
    at = models.DateTimeField(_("时间"), db_default=Now())
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    detail = models.JSONField(_("详情"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋长流水")
        ordering = ("steward", "seq")
        constraints = (models.UniqueConstraint(fields=["steward", "seq"], name="steward_event_seq"),)

    def __str__(self) -> str:
        return f"{self.steward_id}#{self.seq} {self.action}"

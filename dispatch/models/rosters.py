"""Rosters: what hours a unit keeps, who takes turns, and who stands in which shift."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dispatch.rules.rosters import MINUTES_A_DAY


class DutyPost(models.TextChoices):
    DUTY_OFFICER = "duty_officer", _("值班长")
    DISPATCHER = "dispatcher", _("派遣员")
    ON_CALL = "on_call", _("部门值守")
    PATROL = "patrol", _("巡查")


class ShiftTemplate(models.Model):
    """The hours that a unit keeps; one at a time."""

    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="shift_templates", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=40)
    swap_needs_approval = models.BooleanField(_("换班须值班长同意"), default=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("班次模板")
        ordering = ("unit", "pk")
        constraints = (
            models.UniqueConstraint(fields=("unit",), condition=Q(active=True), name="one_shift_template_a_unit"),
        )

    def __str__(self) -> str:
        return self.name


class ShiftSegment(models.Model):
    """One part of the day. ``start_minute`` counts from midnight; what it lasts may cross the next."""

    template = models.ForeignKey(ShiftTemplate, models.CASCADE, related_name="segments", verbose_name=_("模板"))
    place = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("名称"), max_length=20)
    start_minute = models.PositiveSmallIntegerField(_("开始(分钟)"))
    minutes = models.PositiveSmallIntegerField(_("时长(分钟)"))
    needed = models.JSONField(_("各岗位人数"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("班段")
        ordering = ("template", "place")
        constraints = (
            models.UniqueConstraint(fields=("template", "place"), name="segment_place_once"),
            models.UniqueConstraint(fields=("template", "name"), name="segment_name_once"),
            models.CheckConstraint(condition=Q(start_minute__lt=MINUTES_A_DAY), name="segment_starts_in_a_day"),
            models.CheckConstraint(condition=Q(minutes__gte=30, minutes__lte=MINUTES_A_DAY), name="segment_minutes"),
        )

    def __str__(self) -> str:
        return self.name


class Rotation(models.Model):
    """Teams take turns from a day on. ``pattern``: what the first does day by day, places of segments or null."""

    template = models.OneToOneField(ShiftTemplate, models.CASCADE, related_name="rotation", verbose_name=_("模板"))
    starts_on = models.DateField(_("起始日"))
    pattern = models.JSONField(_("轮转"), default=list)
    teams = models.PositiveSmallIntegerField(_("班组数"))

    class Meta:
        verbose_name = verbose_name_plural = _("轮班")
        constraints = (models.CheckConstraint(condition=Q(teams__gte=1, teams__lte=8), name="rotation_teams"),)

    def __str__(self) -> str:
        return f"{self.template_id} {self.starts_on}"


class RotationMember(models.Model):
    """Somebody of a team; team 0 is A."""

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="members", verbose_name=_("轮班"))
    team = models.PositiveSmallIntegerField(_("班组"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("人员"))
    post = models.CharField(_("岗位"), max_length=12, choices=DutyPost)

    class Meta:
        verbose_name = verbose_name_plural = _("班组成员")
        ordering = ("rotation", "team", "pk")
        constraints = (models.UniqueConstraint(fields=("rotation", "user"), name="in_one_team_of_a_rotation"),)

    def __str__(self) -> str:
        return f"{'ABCDEFGH'[self.team]} {self.user_id}"


class Shift(models.Model):
    """So long somebody answers for a unit; counts once it is published."""

    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="shifts", verbose_name=_("单位"))
    segment = models.ForeignKey(
        ShiftSegment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("班段")
    )
    name = models.CharField(_("班次"), max_length=20)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    needed = models.JSONField(_("各岗位人数"), default=dict)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发布人")
    )
    # When somebody looks next whether it is staffed, and the step of the ladder that this is; nothing after the last.
    check_due_at = models.DateTimeField(_("下次核查"), null=True, blank=True)
    check_step = models.PositiveSmallIntegerField(_("核查步"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("班次")
        ordering = ("starts_at", "unit", "pk")
        constraints = (
            models.UniqueConstraint(fields=("unit", "starts_at", "name"), name="shift_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None) | Q(published_at__isnull=False),
                name="shift_published_at_a_time",
            ),
        )
        indexes = (
            # people_on_duty(): what runs at a moment is what has not ended and has begun.
            models.Index(fields=("ends_at", "starts_at"), name="shift_by_end"),
            # The roster of a unit by week.
            models.Index(fields=("unit", "starts_at"), name="shift_of_unit"),
            # check_staffing(): whose time to be looked at has come.
            models.Index(fields=("check_due_at",), condition=Q(check_due_at__isnull=False), name="shift_check_due"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.starts_at:%m-%d %H:%M} {self.name}"

    @property
    def published(self) -> bool:
        return self.published_at is not None


class WatchState(models.TextChoices):
    PLANNED = "planned", _("待上岗")
    PRESENT = "present", _("在岗")
    ABSENT = "absent", _("请假")
    RELIEVED = "relieved", _("已离岗")


# Whoever is so expected or there.
COMING = (WatchState.PLANNED, WatchState.PRESENT)


class Watch(models.Model):
    """Somebody's place in a shift. Taking it up is voluntary: the plan counts without it."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="watches", verbose_name=_("班次"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="watches", verbose_name=_("人员"))
    post = models.CharField(_("岗位"), max_length=12, choices=DutyPost)
    state = models.CharField(_("状态"), max_length=8, choices=WatchState, default=WatchState.PLANNED)
    instead_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="deputies", verbose_name=_("代替")
    )
    taken_up_at = models.DateTimeField(_("到岗时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("离岗时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("值班")
        ordering = ("shift", "post", "pk")
        constraints = (
            models.UniqueConstraint(fields=("shift", "user"), name="watch_once_a_shift"),
            models.CheckConstraint(
                condition=~Q(state="present") | Q(taken_up_at__isnull=False), name="watch_present_since"
            ),
        )
        # The shifts of a person: my shifts, and what a new watch would collide with.
        indexes = (models.Index(fields=("user", "shift"), name="watch_of_user"),)

    def __str__(self) -> str:
        return f"{self.shift_id} {self.user_id} {self.post}"

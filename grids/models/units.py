"""Who can hold an order, and who stands there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .divisions import Community, District, Grid, Street


class UnitKind(models.TextChoices):
    COMMAND_CENTER = "command_center", _("联勤指挥中心")
    SUB_CENTER = "sub_center", _("联勤指挥分中心")
    WORKSTATION = "workstation", _("联勤工作站")
    DUTY_DEPARTMENT = "duty_department", _("参勤单位")
    # Those below hold no orders: they lead, keep office, or do what a department entrusts to them and answers for.
    LEADING_GROUP = "leading_group", _("领导小组")
    OFFICE = "office", _("联勤办")
    SOCIAL_GROUP = "social_group", _("社会组织")
    CONTRACTOR = "contractor", _("购买服务单位")


class UnitLevel(models.TextChoices):
    STREET = "street", _("一级 街道")
    DISTRICT = "district", _("二级 区")


class Presence(models.TextChoices):
    """How a duty department serves a centre."""

    RESIDENT = "resident", _("派驻")
    ON_CALL = "on_call", _("联系执法")
    LIAISON = "liaison", _("对口联络")


class Role(models.TextChoices):
    DISTRICT_COMMANDER = "district_commander", _("区指挥长")
    DISTRICT_DISPATCHER = "district_dispatcher", _("区派遣员")
    STREET_DISPATCHER = "street_dispatcher", _("街道派遣员")
    COMMUNITY_OFFICER = "community_officer", _("社区联勤员")
    DEPARTMENT_HANDLER = "department_handler", _("处置人员")
    GRID_WORKER = "grid_worker", _("网格员")
    SUPERVISOR = "supervisor", _("督查员")
    UNIT_LEADER = "unit_leader", _("负责人")
    GROUP_MEMBER = "group_member", _("成员")


class Post(models.TextChoices):
    GRID_LEADER = "grid_leader", _("网格长")
    FULL_TIME_WORKER = "full_time_worker", _("专职网格员")
    PART_TIME_WORKER = "part_time_worker", _("兼职网格员")


class Standing(models.TextChoices):
    """How a deputy stands to the one whose post it is."""

    VICE = "vice", _("副职")
    B_ROLE = "b_role", _("B角")


# Kinds that stand at either level and hold no orders.
FREE_KINDS = ("leading_group", "office", "social_group", "contractor")


class Unit(models.Model):
    """Anyone who can hold an order."""

    code = models.CharField(_("单位代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    kind = models.CharField(_("类别"), max_length=16, choices=UnitKind.choices)
    level = models.CharField(_("级别"), max_length=8, choices=UnitLevel.choices)
    function = models.CharField(_("职能"), max_length=20, blank=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="units", verbose_name=_("所属区"))
    street = models.ForeignKey(
        Street, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("所属街道")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("所属社区")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="squads", verbose_name=_("上级单位")
    )
    presence = models.CharField(_("参勤方式"), max_length=10, choices=Presence.choices, blank=True)
    vertical = models.BooleanField(_("垂直管理"), default=False)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ("code",)
        permissions = (
            ("view_orders", _("查看工单")),
            ("claim_orders", _("认领")),
            ("confirm_orders", _("确认现场处置")),
            ("handle_orders", _("处置")),
        )
        constraints = (
            models.UniqueConstraint(
                "district", condition=Q(kind="command_center", active=True), name="one_command_center_a_district"
            ),
            models.UniqueConstraint(
                "street", condition=Q(kind="sub_center", active=True), name="one_sub_center_a_street"
            ),
            models.UniqueConstraint(
                "community", condition=Q(kind="workstation", active=True), name="one_workstation_a_community"
            ),
            models.CheckConstraint(
                condition=Q(kind="command_center", level="district", street=None, community=None)
                | Q(kind="sub_center", level="street", street__isnull=False, community=None)
                | Q(kind="workstation", level="street", street__isnull=False, community__isnull=False)
                | Q(kind="duty_department", level="district", street=None, community=None)
                | Q(kind="duty_department", level="street", street__isnull=False, community=None)
                | Q(kind__in=FREE_KINDS, level="district", street=None, community=None)
                | Q(kind__in=FREE_KINDS, level="street", street__isnull=False, community=None),
                name="unit_stands_on_its_level",
            ),
            models.CheckConstraint(
                condition=~Q(kind="duty_department") | ~Q(function=""), name="duty_department_has_function"
            ),
        )
        indexes = (
            # units_for_dispatch(): departments of a street or of the district by function.
            models.Index(fields=["level", "street", "function"], name="unit_for_dispatch"),
        )

    def __str__(self) -> str:
        return self.short_name


class Membership(models.Model):
    """A person's post in a unit or on a grid, from ``starts_on`` until the day before ``ends_on``."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("人员")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("单位")
    )
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("网格")
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    post = models.CharField(_("岗位"), max_length=20, choices=Post.choices, blank=True)
    starts_on = models.DateField(_("到任日期"))
    ends_on = models.DateField(_("离任日期"), null=True, blank=True)
    standing = models.CharField(
        _("副职或B角"), max_length=6, choices=Standing.choices, blank=True, default="", db_default=""
    )
    deputy_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name=_("协助何人")
    )
    title = models.CharField(_("职务"), max_length=60, blank=True, default="", db_default="")
    note = models.CharField(_("备注"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("岗位任职")
        verbose_name_plural = _("岗位任职")
        constraints = (
            models.CheckConstraint(
                condition=Q(grid=None, unit__isnull=False, post="") & ~Q(role="grid_worker")
                | Q(unit=None, grid__isnull=False, role="grid_worker") & ~Q(post=""),
                name="membership_in_a_unit_or_on_a_grid",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "grid", "role", "post"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="membership_open_once",
            ),
            models.CheckConstraint(
                condition=Q(standing="", deputy_of=None) | ~Q(standing="") & Q(deputy_of__isnull=False),
                name="membership_deputy_of_somebody",
            ),
            models.CheckConstraint(condition=~Q(deputy_of=F("id")), name="membership_not_its_own_deputy"),
            # A deputy stands beside the one who holds the post.
            models.UniqueConstraint(
                fields=["grid"], condition=Q(ends_on=None, post="grid_leader", standing=""), name="one_leader_a_grid"
            ),
            models.UniqueConstraint(
                fields=["grid"],
                condition=Q(ends_on=None, post="full_time_worker", standing=""),
                name="one_full_time_worker_a_grid",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.unit_id or self.grid_id}"

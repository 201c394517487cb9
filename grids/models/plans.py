"""Boundaries over time: a re-division drafted beside the ground, and what a grid was before."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted

from .divisions import Community, Grid, GridKind
from .units import Unit


class PlanState(models.TextChoices):
    """The states of every draft, and what becomes of one that was approved."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    REFUSED = "refused", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤销")
    SCHEDULED = "scheduled", _("待生效")
    IN_FORCE = "in_force", _("已生效")
    CANCELLED = "cancelled", _("已取消")


class PlanAct(models.TextChoices):
    """What a step of a plan did."""

    START = "start", _("起草")
    IMPORT = "import", _("导入边界")
    SPLIT = "split", _("拆分")
    MERGE = "merge", _("合并")
    RESHAPE = "reshape", _("调整边界")
    MOVE = "move", _("移动顶点")
    DRAW = "draw", _("新绘网格")
    REMOVE = "remove", _("删除网格")
    DESCRIBE = "describe", _("修改属性")
    REPAIR = "repair", _("修复缝隙")


class GroundPlan(Drafted):
    """A re-division of some communities, prepared beside the ground; ``version`` moves with every step."""

    state = models.CharField(_("状态"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    title = models.CharField(_("名称"), max_length=80)
    # It takes effect at 00:00 of this day in Asia/Shanghai.
    effective_on = models.DateField(_("生效日期"))
    version = models.PositiveIntegerField(_("版本"), default=1)
    in_force_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    # Why it could not take effect when its day came.
    trouble = models.CharField(_("未能生效的原因"), max_length=300, blank=True)
    # What taking effect did: see services.effects_of_plans.
    outcome = models.JSONField(_("生效结果"), default=dict, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta(Drafted.Meta):
        verbose_name = _("网格调整方案")
        verbose_name_plural = _("网格调整方案")
        ordering = ("-pk",)
        constraints = (  # type: ignore[assignment]  # More of them than the abstract model has.
            *Drafted.Meta.constraints,
            # Approved is what the second person says; in the same transaction it is scheduled.
            models.CheckConstraint(
                condition=Q(state__in=[*PlanState.values, "approved"]), name="ground_plan_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(in_force_at__isnull=False), name="ground_plan_in_force_since"
            ),
        )
        indexes = (
            # The tick: what is due.
            models.Index(fields=["effective_on"], condition=Q(state="scheduled"), name="ground_plan_due"),
            # Orders that were placed by the ground of a moment ago.
            models.Index(fields=["in_force_at"], condition=Q(state="in_force"), name="ground_plan_recent"),
        )

    def __str__(self) -> str:
        return self.title


class PlannedCommunity(models.Model):
    """A community that a plan divides anew."""

    plan = models.ForeignKey(GroundPlan, models.CASCADE, related_name="communities", verbose_name=_("方案"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("社区"))
    # GeoJSON that the grids must cover; null: the community has none yet, and gets the union of its grids.
    outline = models.JSONField(_("边界"), null=True, blank=True)
    # Digest of the grids in force when the plan was drafted: the plan holds for that ground and no other.
    base = models.CharField(_("起草时的网格"), max_length=64)
    # As of the last step: overlaps, gaps and what lies outside, with polygons and square metres.
    faults = models.JSONField(_("缺陷"), default=list, blank=True)

    class Meta:
        verbose_name = _("调整的社区")
        verbose_name_plural = _("调整的社区")
        ordering = ("community__code",)
        constraints = (models.UniqueConstraint(fields=["plan", "community"], name="planned_community_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.community_id}"


class PlannedGrid(models.Model):
    """A grid as a plan wants it. One with the code of a grid in force is that grid; any other begins."""

    plan = models.ForeignKey(GroundPlan, models.CASCADE, related_name="grids", verbose_name=_("方案"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("社区"))
    code = models.CharField(_("网格代码"), max_length=15)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=14, choices=GridKind.choices, default=GridKind.COMPREHENSIVE)
    party_branch = models.CharField(_("党支部"), max_length=80, blank=True)
    occupier = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("占用单位")
    )
    occupier_name = models.CharField(_("占用单位名称"), max_length=80, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    population = models.PositiveIntegerField(_("人口"), default=0)
    # GeoJSON; null: not drawn yet.
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    # Codes of the grids in force that it came from.
    origins = ArrayField(models.CharField(max_length=15), verbose_name=_("来源网格"), default=list, blank=True)
    # Fields that the plan sets; of a grid that goes on, the others stay as they are on the day.
    told = ArrayField(models.CharField(max_length=20), verbose_name=_("方案改动的字段"), default=list, blank=True)

    class Meta:
        verbose_name = _("方案中的网格")
        verbose_name_plural = _("方案中的网格")
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=["plan", "code"], name="planned_grid_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.code}"


class PlanStep(models.Model):
    """One operation on a plan, with what stood before, so that it can be undone."""

    plan = models.ForeignKey(GroundPlan, models.CASCADE, related_name="steps", verbose_name=_("方案"))
    number = models.PositiveIntegerField(_("序号"))
    act = models.CharField(_("操作"), max_length=10, choices=PlanAct.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("人员")
    )
    at = models.DateTimeField(_("时间"), db_default=Now())
    detail = models.JSONField(_("内容"), default=dict)
    # By code, every grid that the step changed: as it was, or null where it was not.
    before = models.JSONField(_("操作前"), default=dict)
    outlines = models.JSONField(_("操作前的社区边界"), default=dict)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("方案操作")
        verbose_name_plural = _("方案操作")
        ordering = ("plan", "number")
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="plan_step_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.number}"


class GridVersion(models.Model):
    """What a grid was from ``valid_from`` until the day before ``valid_to``. What it is now stands in its own row."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="versions", verbose_name=_("网格"))
    # The plan that ended this version.
    plan = models.ForeignKey(
        GroundPlan, models.PROTECT, null=True, blank=True, related_name="ended_versions", verbose_name=_("方案")
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("社区"))
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=14, choices=GridKind.choices)
    party_branch = models.CharField(_("党支部"), max_length=80, blank=True)
    occupier_name = models.CharField(_("占用单位名称"), max_length=80, blank=True)
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    population = models.PositiveIntegerField(_("人口"), default=0)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"))

    class Meta:
        verbose_name = _("网格版本")
        verbose_name_plural = _("网格版本")
        ordering = ("grid", "valid_from")
        constraints = (
            models.UniqueConstraint(fields=["grid", "valid_from"], name="grid_version_once"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="grid_version_lasts_a_day"),
        )
        # Whose place was this on that day.
        indexes = (models.Index(fields=["valid_to", "valid_from"], name="grid_version_days"),)

    def __str__(self) -> str:
        return f"{self.grid_id}@{self.valid_from}"

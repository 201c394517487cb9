"""District, street, community, grid: four explicit models over one shape."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

CENTRE_PERMISSIONS: list[tuple[str, str | StrPromise]] = [
    ("view_orders", _("查看工单")),
    ("register_orders", _("立案")),
    ("dispatch_orders", _("派遣")),
    ("check_orders", _("核查")),
    ("approve_requests", _("审批")),
    ("supervise_orders", _("督办")),
]


class StreetKind(models.TextChoices):
    STREET = "street", _("街道")
    FOREST_FARM = "forest_farm", _("林场")
    FARM = "farm", _("农场")
    RESORT = "resort", _("度假区")


class GridKind(models.TextChoices):
    COMPREHENSIVE = "comprehensive", _("综合网格")
    DEDICATED = "dedicated", _("专属网格")


class Zone(models.TextChoices):
    """Where a community lies in its street (核心区 / 外围区); its grids lie there with it."""

    CORE = "core", _("核心区")
    OUTER = "outer", _("外围区")


class Setting(models.TextChoices):
    """Which norm holds for the grids of a community."""

    URBAN = "urban", _("城镇")
    RURAL = "rural", _("农村")


class Division(models.Model):
    """A piece of ground. ``boundary`` is a GeoJSON Polygon in WGS-84, rounded to six decimals."""

    code = models.CharField(_("区划代码"), max_length=15, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    label_lon = models.FloatField(_("标注经度"), null=True, blank=True)
    label_lat = models.FloatField(_("标注纬度"), null=True, blank=True)
    area_km2 = models.FloatField(_("面积(平方公里)"), default=0)
    households = models.PositiveIntegerField(_("户数"), default=0)
    population = models.PositiveIntegerField(_("人口"), default=0)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        abstract = True
        ordering = ("code",)

    def __str__(self) -> str:
        return self.short_name or self.name


class District(Division):
    number_prefix = models.CharField(_("工单号前缀"), max_length=8, unique=True)

    class Meta(Division.Meta):
        verbose_name = _("区")
        verbose_name_plural = _("区")
        permissions = (*CENTRE_PERMISSIONS, ("command_orders", _("指挥")))


class Street(Division):
    district = models.ForeignKey(District, models.PROTECT, related_name="streets", verbose_name=_("所属区"))
    kind = models.CharField(_("类型"), max_length=12, choices=StreetKind.choices, default=StreetKind.STREET)

    class Meta(Division.Meta):
        verbose_name = _("街道")
        verbose_name_plural = _("街道")
        permissions = CENTRE_PERMISSIONS


class Community(Division):
    street = models.ForeignKey(Street, models.PROTECT, related_name="communities", verbose_name=_("所属街道"))
    zone = models.CharField(_("分区"), max_length=6, choices=Zone.choices, blank=True)
    setting = models.CharField(_("城乡"), max_length=5, choices=Setting.choices, default=Setting.URBAN)

    class Meta(Division.Meta):
        verbose_name = _("社区(村)")
        verbose_name_plural = _("社区(村)")


class Grid(Division):
    community = models.ForeignKey(Community, models.PROTECT, related_name="grids", verbose_name=_("所属社区"))
    kind = models.CharField(_("类型"), max_length=14, choices=GridKind.choices, default=GridKind.COMPREHENSIVE)
    party_branch = models.CharField(_("党支部"), max_length=80, blank=True)
    # The unit that occupies a dedicated grid and heads it: one of ours, or a name alone.
    occupier = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, blank=True, related_name="occupied_grids", verbose_name=_("占用单位")
    )
    occupier_name = models.CharField(_("占用单位名称"), max_length=80, blank=True)

    class Meta(Division.Meta):
        verbose_name = _("网格")
        verbose_name_plural = _("网格")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(occupier=None, occupier_name="")
                | models.Q(kind="dedicated", occupier=None)
                | models.Q(kind="dedicated", occupier_name=""),
                name="occupier_of_a_dedicated_grid",
            ),
        )


class GroundVersion(models.Model):
    """One row. Its stamp changes whenever divisions or units change; snapshots in process follow it."""

    number = models.PositiveBigIntegerField(_("版本"), default=1)
    # A number alone could come back after a rollback with other content; a stamp never does.
    stamp = models.UUIDField(_("标记"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("区划版本")
        verbose_name_plural = _("区划版本")
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="ground_version_one_row"),)

    def __str__(self) -> str:
        return str(self.number)

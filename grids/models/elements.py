"""What stands on the ground: types of elements with fields of their own, elements, and people who need attention.

People who need attention lie in a table of their own, so that no list, count, cluster or export of elements can ever
reach them by a filter that was forgotten.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from lianqin.kernel.clock import Now

from .divisions import Grid
from .element_fields import Field, fields_of


class ElementLayer(models.TextChoices):
    COMPONENTS = "components", _("城市部件")
    SERVICES = "services", _("公共服务")
    RESOURCES = "resources", _("自然资源")
    OTHERS = "others", _("其他要素")
    ATTENTION = "attention", _("关注人群")


class Colour(models.TextChoices):
    """Colours of the map, named so that both themes can draw them."""

    BLUE = "blue", _("蓝")
    GREEN = "green", _("绿")
    ORANGE = "orange", _("橙")
    RED = "red", _("红")
    PURPLE = "purple", _("紫")
    TEAL = "teal", _("青")
    BROWN = "brown", _("褐")
    GREY = "grey", _("灰")


class ElementType(models.Model):
    code = models.CharField(_("类型代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=30, unique=True)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    layer = models.CharField(_("图层"), max_length=10, choices=ElementLayer)
    icon = models.CharField(_("图标"), max_length=30, default="map-pin")
    colour = models.CharField(_("颜色"), max_length=8, choices=Colour, default=Colour.BLUE)
    fields = models.JSONField(_("字段"), default=list, blank=True)
    sensitive = models.BooleanField(_("敏感"), default=False)
    key = models.BooleanField(_("默认为重点要素"), default=False)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("要素类型")
        verbose_name_plural = _("要素类型")
        ordering = ("layer", "order", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(sensitive=True, layer="attention") | Q(sensitive=False) & ~Q(layer="attention"),
                name="attention_groups_are_sensitive",
                violation_error_message=_("关注人群图层的类型须为敏感，其他图层不得为敏感"),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def definitions(self) -> tuple[Field, ...]:
        """The fields as they stand; read anew only when they were changed."""
        kept: tuple[list[Any], tuple[Field, ...]] | None = self.__dict__.get("_definitions")
        if kept is None or kept[0] is not self.fields:
            kept = self.__dict__["_definitions"] = (self.fields, fields_of(self.fields))
        return kept[1]


class Placed(models.Model):
    """A thing or a person with a place in WGS-84 degrees; ``fields`` as the type defines them."""

    # Their indexes are below, named by who asks.
    type = models.ForeignKey(ElementType, models.PROTECT, related_name="+", verbose_name=_("类型"), db_index=False)
    code = models.CharField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    lon = models.FloatField(_("经度 (WGS-84)"))
    lat = models.FloatField(_("纬度 (WGS-84)"))
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在网格"), db_index=False
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    fields = models.JSONField(_("字段"), default=dict, blank=True)
    key = models.BooleanField(_("重点"), default=False)
    active = models.BooleanField(_("在用"), default=True)
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        abstract = True
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("code",), name="%(class)s_code_once"),
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-85, lat__lte=85), name="%(class)s_on_the_map"
            ),
        )


def text_of_search() -> Lower:
    parts = (F("code"), Value(" "), F("name"), Value(" "), F("pinyin"), Value(" "), F("address"))
    return Lower(Concat(*parts, output_field=models.TextField()))


def point() -> Func:
    """PostgreSQL's own point; its index needs no extension."""
    return Func(F("lon"), F("lat"), function="point", output_field=models.TextField())


class Element(Placed):
    pinyin = models.CharField(_("拼音"), max_length=300, blank=True)
    search = models.GeneratedField(
        expression=Func(text_of_search(), function="grids_bigrams", output_field=SearchVectorField()),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(Placed.Meta):
        verbose_name = _("要素")
        verbose_name_plural = _("要素")
        indexes = (
            # A viewport: what stands in a box.
            GistIndex(point(), name="element_in_box"),
            GistIndex(point(), condition=Q(key=True, active=True), name="element_key_in_box"),
            # The table, by type and by grid, in the order of codes.
            models.Index(fields=("type", "code"), name="element_of_type"),
            models.Index(fields=("grid", "type", "code"), name="element_of_grid"),
            # `q`: bigrams of code, name, pinyin and address.
            GinIndex(fields=("search",), name="element_search"),
            # Values of fields.
            GinIndex(fields=("fields",), opclasses=["jsonb_path_ops"], name="element_fields"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class ElementTile(models.Model):
    """How many elements in use stand in a square of the web map, kept by triggers; see migration 0007.

    Level 0 holds the totals. Sums are in millionths of a degree: whole numbers add up exactly.
    """

    pk = models.CompositePrimaryKey("level", "x", "y", "type_id", "key")
    level = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    type = models.ForeignKey(ElementType, models.CASCADE, related_name="+", db_index=False)
    key = models.BooleanField()
    number = models.IntegerField()
    lon_sum = models.BigIntegerField()
    lat_sum = models.BigIntegerField()

    class Meta:
        verbose_name = _("要素计数")
        verbose_name_plural = _("要素计数")

    def __str__(self) -> str:
        return f"{self.level}/{self.x}/{self.y}: {self.number}"


class AttentionRecord(Placed):
    """A person who needs attention. Its text says nothing about the person, for whoever logs or prints it."""

    class Meta(Placed.Meta):
        verbose_name = _("关注人群记录")
        verbose_name_plural = _("关注人群记录")
        indexes = (models.Index(fields=("grid", "type", "code"), name="attention_of_grid"),)

    def __str__(self) -> str:
        return self.code


class AttentionLook(AuditEntry):
    """The part of the audit log that says who looked at whom, when and why: a list of its own for the audit officer."""

    class Meta:
        proxy = True
        verbose_name = _("关注人群查看记录")
        verbose_name_plural = _("关注人群查看记录")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}".strip()

"""Base maps of others, which an administrator names. Their tiles come through our own door: see services.tiles."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TileKind(models.TextChoices):
    XYZ = "xyz", _("XYZ 瓦片")
    TIANDITU = "tianditu", _("天地图 WMTS")


class TileCrs(models.TextChoices):
    WGS84 = "wgs84", _("WGS-84 / CGCS2000")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯等）")


class TileLayer(models.Model):
    """``template`` has {z} {x} {y}, and {s}, {key} and {layer} where they are wanted; ``key_sealed`` is told to nobody.

    ``layers`` are drawn one over the other: "vec,cva" is a ground and its names.
    """

    code = models.CharField(_("底图代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("接入方式"), max_length=8, choices=TileKind, default=TileKind.XYZ)
    template = models.CharField(_("地址模板"), max_length=300)
    layers = models.CharField(_("图层"), max_length=80, blank=True)
    subdomains = models.CharField(_("子域"), max_length=40, blank=True)
    key_sealed = models.TextField(_("密钥"), blank=True, editable=False)
    crs = models.CharField(_("坐标系"), max_length=6, choices=TileCrs, default=TileCrs.WGS84)
    attribution = models.CharField(_("版权说明"), max_length=120, blank=True)
    min_zoom = models.PositiveSmallIntegerField(_("最小级别"), default=3, validators=[MaxValueValidator(20)])
    max_zoom = models.PositiveSmallIntegerField(_("最大级别"), default=18, validators=[MaxValueValidator(22)])
    sort = models.PositiveSmallIntegerField(_("次序"), default=100)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("地图底图")
        ordering = ("sort", "code")
        constraints = (
            models.CheckConstraint(condition=Q(max_zoom__gte=F("min_zoom")), name="tilelayer_zooms_in_order"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def parts(self) -> tuple[str, ...]:
        """The layers drawn one over the other; one without a name where none are named."""
        return tuple(each.strip() for each in self.layers.split(",") if each.strip()) or ("",)

"""Video sources on the ground. Streams come from gateways that an administrator named, from nowhere else."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .divisions import Grid
from .units import Unit


class GatewayKind(models.TextChoices):
    HLS = "hls", _("HLS 直连")
    GB28181 = "gb28181", _("GB/T 28181 网关")


class CameraState(models.TextChoices):
    UNKNOWN = "unknown", _("未检测")
    ONLINE = "online", _("在线")
    OFFLINE = "offline", _("离线")


class VideoGateway(models.Model):
    """A host that may be asked for streams. ``template`` makes an address of a camera's ``{device}`` and ``{channel}``.

    For plain HLS it ends in ``{channel}``, for which a camera gives the rest of the address.
    """

    code = models.CharField(_("网关代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("接入方式"), max_length=8, choices=GatewayKind)
    template = models.CharField(_("地址模板"), max_length=200)
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("视频网关")
        verbose_name_plural = _("视频网关")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Camera(models.Model):
    code = models.CharField(_("点位编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    pinyin = models.CharField(_("拼音"), max_length=300, blank=True)
    lon = models.FloatField(_("经度 (WGS-84)"))
    lat = models.FloatField(_("纬度 (WGS-84)"))
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在网格"))
    address = models.CharField(_("地址"), max_length=200, blank=True)
    # Degrees from north, clockwise.
    direction = models.PositiveSmallIntegerField(
        _("朝向（度）"), null=True, blank=True, validators=[MaxValueValidator(359)]
    )
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("权属单位"))
    gateway = models.ForeignKey(VideoGateway, models.PROTECT, related_name="cameras", verbose_name=_("视频网关"))
    device = models.CharField(_("设备编码"), max_length=40, blank=True)
    channel = models.CharField(_("通道或路径"), max_length=120)
    state = models.CharField(_("状态"), max_length=8, choices=CameraState, default=CameraState.UNKNOWN)
    checked_at = models.DateTimeField(_("上次检测"), null=True, blank=True)
    fault = models.CharField(_("离线原因"), max_length=100, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("视频点位")
        verbose_name_plural = _("视频点位")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-85, lat__lte=85), name="camera_on_the_map"
            ),
            models.CheckConstraint(condition=Q(direction=None) | Q(direction__lt=360), name="camera_direction_known"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

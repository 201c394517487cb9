"""Cameras, each behind a gateway that is registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Number, Text
from grids.models import Camera
from grids.permissions import Action, can
from grids.services.cameras import drop_camera, put_camera
from lianqin.kernel.actors import Actor

PLAIN = ("code", "name", "address", "direction", "device", "channel")


@table
class Cameras(TableResource):
    info = Info(
        "cameras",
        _("视频点位"),
        section="cameras",
        about=_("视频点位及其网关和通道；网关先在“视频网关”中登记。"),
        coordinates=("lon", "lat"),
    )

    code = Column(_("点位编码"), required=True, example="CAM-0001", aliases=("code", "编码"), widget=Text(40))
    name = Column(_("名称"), required=True, example="文德路公园路口", aliases=("name",), widget=Text(80))
    lon = Column(_("经度"), required=True, example="118.628310", aliases=("lon", "lng"))
    lat = Column(_("纬度"), required=True, example="32.058900", aliases=("lat",))
    address = Column(_("地址"), example="文德路", widget=Text(200))
    direction = Column(_("朝向"), example="90", widget=Number(0, 359), default=None, help=_("度，正北为 0，顺时针"))
    owner = Column(_("权属单位代码"), example="", aliases=("owner", "权属单位"))
    gateway = Column(_("视频网关代码"), required=True, example="gw1", aliases=("gateway",))
    device = Column(_("设备编码"), example="32011100001320000001", help=_("国标网关填写，HLS 不填"))
    channel = Column(_("通道编码或路径"), required=True, example="32011100001320000001", aliases=("channel",))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_CAMERAS)

    def stored(self) -> Iterator[Line]:
        for each in Camera.objects.filter(active=True).select_related("owner", "gateway").order_by("code"):
            line = self.begin_line()
            line.pk, line.lon, line.lat = each.pk, f"{each.lon:.6f}", f"{each.lat:.6f}"
            line.owner, line.gateway = each.owner.code if each.owner else "", each.gateway.code
            for name in PLAIN:
                setattr(line, name, getattr(each, name))
            yield line

    def write(self, line: Line, old: Line | None) -> None:
        data: dict[str, Any] = {name: getattr(line, name) for name in self.differing(line, old)}
        put_camera(data=data, by=self.by, code=line.code if old else "")

    def remove(self, line: Line) -> None:
        drop_camera(code=line.code, by=self.by)

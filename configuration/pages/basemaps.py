"""Base maps under the boundaries: the list, a form for one, and a look at it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.forms import Field, FormPage
from grids.models import TileCrs, TileKind, TileLayer
from grids.permissions import Action, can
from grids.selectors.tile_layers import basemap
from grids.services.tile_layers import put_tile_layer, told


class Basemaps(FormPage):
    """All base maps, and the form to add or change the one of ``?code=``."""

    section = "basemaps"
    template = "basemaps.html"
    title = gettext_lazy("地图底图")
    intro = gettext_lazy("默认只画本区的区划边界，不向外取任何内容。需要底图时在这里登记，由服务器代取。")

    def allowed(self) -> bool:
        return can(self.actor, Action.EDIT_BASEMAPS)

    @property
    def kept(self) -> TileLayer | None:
        if not hasattr(self, "_kept"):
            self._kept = TileLayer.objects.filter(code=self.request.GET.get("code", "")).first()
        return self._kept

    def fields(self) -> list[Field]:
        kept = self.kept
        blank = TileLayer()

        def of(name: str) -> Any:
            return getattr(kept or blank, name)

        holes = _("须含 {z} {x} {y}，另可用 {s} 子域、{key} 密钥、{layer} 图层。天地图可留空")
        key = _("已保存，留空则不变；不会再显示") if kept and kept.key_sealed else _("加密保存，不会再显示")
        return [
            Field("code", _("底图代码"), value=of("code"), required=True, fixed=bool(kept), hint=_("如 tianditu-vec")),
            Field("name", _("名称"), value=of("name"), required=True),
            Field("kind", _("接入方式"), "select", of("kind"), options=TileKind.choices, required=True),
            Field("crs", _("坐标系"), "select", of("crs"), options=TileCrs.choices, required=True),
            Field("template", _("地址模板"), value=of("template"), wide=True, hint=holes),
            Field("layers", _("图层"), value=of("layers"), hint=_("用逗号分开，从下到上，如 vec,cva")),
            Field("subdomains", _("子域"), value=of("subdomains"), hint=_("每个字符一个，如 01234567")),
            Field("key", _("密钥"), value="", hint=key),
            Field("attribution", _("版权说明"), value=of("attribution"), hint=_("显示在地图右下角")),
            Field("min_zoom", _("最小级别"), "int", of("min_zoom")),
            Field("max_zoom", _("最大级别"), "int", of("max_zoom")),
            Field("sort", _("次序"), "int", of("sort")),
            Field("active", _("启用"), "check", of("active")),
        ]

    def save(self, values: dict[str, Any]) -> str:
        made = put_tile_layer(data=values, by=self.actor)
        self.saved = made.code
        return _("已保存 %s") % made

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("switch"):
            return self._switch(request.POST["switch"])
        return super().post(request, **kwargs)

    def _switch(self, code: str) -> HttpResponse:
        layer = TileLayer.objects.filter(code=code).first()
        if layer is not None:
            made = put_tile_layer(data={**told(layer), "active": not layer.active}, by=self.actor)
            self.tell((_("已启用 %s") if made.active else _("已停用 %s")) % made)
        return redirect(reverse("configuration:basemaps"))

    def after(self) -> str:
        saved = getattr(self, "saved", "")
        return reverse("configuration:basemaps") + (f"?code={saved}" if saved else "")

    def context(self) -> dict[str, Any]:
        kept = self.kept
        return {
            "rows": TileLayer.objects.all(),
            "kept": kept,
            "shown": basemap(kept) if kept and kept.active else None,
            "hosts": settings.LIANQIN_TILE_HOSTS,
        }

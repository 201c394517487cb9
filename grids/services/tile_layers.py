"""Base maps of others: named by the system administrator, on hosts that the settings allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed
from relay.transports.addresses import Refused, check_address
from relay.transports.sealing import seal

from ..errors import TileLayerFault
from ..models import TileCrs, TileKind, TileLayer
from ..permissions import Action, can
from .placing import Faults, read_text
from .tiles import address_of

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
HOLE = re.compile(r"\{[^}]*\}")
NEEDED, KNOWN = {"{z}", "{x}", "{y}"}, {"{z}", "{x}", "{y}", "{s}", "{key}", "{layer}"}
LAYERS = re.compile(r"[A-Za-z0-9_]+(,[A-Za-z0-9_]+){0,3}")
SUBDOMAINS = re.compile(r"[a-z0-9]{1,20}")
MOST_ZOOM = 22
TIANDITU = (
    "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
TOLD = (
    *("code", "name", "kind", "template", "layers", "subdomains", "crs", "attribution"),
    *("min_zoom", "max_zoom", "sort", "active"),
)


@transaction.atomic
def put_tile_layer(*, data: Mapping[str, Any], by: Actor) -> TileLayer:
    """Add a base map or change the one of that code; an empty ``key`` keeps the one there is.

    ``drop_key`` takes the key away. Raise NotAllowed, TileLayerFault.
    """
    if not can(by, Action.EDIT_BASEMAPS):
        raise NotAllowed
    code = str(data.get("code") or "").strip().lower()
    kept = TileLayer.objects.select_for_update().filter(code=code).first()
    before = told(kept) if kept else {}
    faults = Faults()
    values = _read({**before, **{name: value for name, value in data.items() if value is not None}}, faults)
    if not CODE.fullmatch(code):
        faults["code"] = [_("代码只能用小写字母、数字和横线，最多 20 位")]
    key = str(data.get("key") or "").strip()
    made = TileLayer(code=code, **values)
    made.key_sealed = "" if data.get("drop_key") else kept.key_sealed if kept else ""
    if key:
        made.key_sealed = seal({"key": key})
    if not faults:
        _check(made, faults)
    if faults:
        raise TileLayerFault(fields=faults)
    made.pk = kept.pk if kept else None
    made.save()
    action = "grids.tile_layer_changed" if kept else "grids.tile_layer_created"
    detail = {"before": before, "after": told(made), "key_given": bool(key)}
    audit(actor_id=by.user_id, action=action, object_label=made.name, detail=detail)
    return made


def told(layer: TileLayer) -> dict[str, Any]:
    """Everything but the key."""
    return {name: getattr(layer, name) for name in TOLD}


def _read(data: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    kind, crs = str(data.get("kind") or TileKind.XYZ), str(data.get("crs") or TileCrs.WGS84)
    if kind not in TileKind.values:
        faults["kind"] = [_("请选择接入方式")]
    if crs not in TileCrs.values:
        faults["crs"] = [_("请选择坐标系")]
    is_tianditu = kind == TileKind.TIANDITU
    return {
        "name": read_text(data, "name", 40, faults, needed=_("名称")),
        "kind": kind,
        "template": read_text(data, "template", 300, faults) or (TIANDITU if is_tianditu else ""),
        "layers": read_text(data, "layers", 80, faults) or ("vec,cva" if is_tianditu else ""),
        "subdomains": read_text(data, "subdomains", 40, faults) or ("0" if is_tianditu else ""),
        "crs": crs,
        "attribution": read_text(data, "attribution", 120, faults),
        "min_zoom": _whole(data, "min_zoom", 3, faults),
        "max_zoom": _whole(data, "max_zoom", 18, faults),
        "sort": _whole(data, "sort", 100, faults, most=30_000),
        "active": bool(data.get("active", True)),
    }


def _whole(data: Mapping[str, Any], name: str, default: int, faults: Faults, most: int = MOST_ZOOM) -> int:
    text = str(default if data.get(name) in (None, "") else data[name])
    if text.isascii() and text.isdecimal() and int(text) <= most:
        return int(text)
    faults[name] = [_("请填写 0 到 %(most)d 的整数") % {"most": most}]
    return default


def _check(layer: TileLayer, faults: Faults) -> None:
    holes = set(HOLE.findall(layer.template))
    if not holes >= NEEDED or not holes <= KNOWN:
        faults["template"] = [_("模板须含 {z} {x} {y}，另可用 {s} {key} {layer}")]
        return
    if layer.max_zoom < layer.min_zoom:
        faults["max_zoom"] = [_("最大级别不能小于最小级别")]
    if layer.layers and not LAYERS.fullmatch(layer.layers):
        faults["layers"] = [_("图层用逗号分开，最多 4 个，如 vec,cva")]
    if ("{layer}" in holes) != bool(layer.layers):
        faults["layers"] = [_("模板中的 {layer} 与图层须同时填写")]
    if ("{s}" in holes) != bool(layer.subdomains) or (layer.subdomains and not SUBDOMAINS.fullmatch(layer.subdomains)):
        faults["subdomains"] = [_("模板中的 {s} 与子域须同时填写，如 0123")]
    if "{key}" in holes and not layer.key_sealed:
        faults["key"] = [_("模板用到密钥，请填写")]
    if not faults:
        _check_hosts(layer, faults)


def _check_hosts(layer: TileLayer, faults: Faults) -> None:
    for x in range(max(1, len(layer.subdomains))):
        try:
            check_address(address_of(layer, 0, layer.min_zoom, x, 0), hosts=settings.LIANQIN_TILE_HOSTS)
        except Refused:
            faults["template"] = [_("主机不在允许的范围内：请运维人员把它写入 LIANQIN_TILE_HOSTS 后再保存")]
            return

"""Video gateways and the cameras behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import CodeTaken, ElementFault
from ..models import Camera, CameraState, GatewayKind, Unit, VideoGateway
from ..permissions import Action, can
from ..rules import DEMO_STREAM, NETLOC
from .placing import Faults, grid_at, read_code, read_point, read_text, spelled

NUMBER = re.compile(r"[0-9]{18,20}")
TEMPLATE = re.compile(rf"https://{NETLOC}/[!-~]*", re.ASCII)
MOST_PORT = 65_535
HOLE = re.compile(r"\{[^}]*\}")
PATH = re.compile(r"[A-Za-z0-9._~/-]{1,120}")
TOLD = ("code", "name", "address", "lon", "lat", "direction", "device", "channel", "active")
HOLES = {GatewayKind.HLS: {"{channel}"}, GatewayKind.GB28181: {"{device}", "{channel}"}}


@transaction.atomic
def put_gateway(*, data: Mapping[str, Any], by: Actor) -> VideoGateway:
    """Add a gateway or change the one of that code. Raise NotAllowed, ElementFault."""
    _require(by)
    faults = Faults()
    code = read_code(data, faults)
    if not code:
        faults["code"] = [_("请填写网关代码")]
    kind, template = str(data.get("kind") or ""), str(data.get("template") or "").strip()
    if kind not in GatewayKind.values:
        faults["kind"] = [_("请选择接入方式")]
    elif not _fits(template, kind):
        faults["template"] = [_("模板须为 https 地址，并含 %s") % " ".join(sorted(HOLES[GatewayKind(kind)]))]
    values = {
        "name": read_text(data, "name", 40, faults, needed=_("名称")),
        "kind": kind,
        "template": template,
        "active": bool(data.get("active", True)),
    }
    if faults:
        raise ElementFault(fields=faults)
    kept, new = VideoGateway.objects.update_or_create(code=code[:20], defaults=values)
    action = "grids.video_gateway_created" if new else "grids.video_gateway_changed"
    audit(actor_id=by.user_id, action=action, object_label=kept.name, detail={"after": values})
    return kept


def _fits(template: str, kind: str) -> bool:
    if template == DEMO_STREAM:
        return kind == GatewayKind.HLS
    # The host goes into the policy of a page as it stands: nothing but a name and a port.
    if not TEMPLATE.fullmatch(template) or len(template) > 200:
        return False
    port = template.split("/")[2].partition(":")[2]
    return int(port or 443) <= MOST_PORT and set(HOLE.findall(template)) == HOLES[GatewayKind(kind)]


@transaction.atomic
def put_camera(*, data: Mapping[str, Any], by: Actor, code: str = "") -> Camera:
    """Add a camera, or with ``code`` change that one; what is not told stays. Raise NotVisible, ElementFault, …"""
    _require(by)
    kept = _locked(code) if code else None
    before = _told(kept) if kept else {}
    faults = Faults()
    values = _read({**before, **data, **({"code": code} if code else {})}, faults)
    if faults:
        raise ElementFault(fields=faults)
    if kept is None and Camera.objects.filter(code=values["code"]).exists():
        raise CodeTaken(fields={"code": [CodeTaken.message]})
    camera = kept or Camera()
    for name, value in values.items():
        setattr(camera, name, value)
    camera.grid_id, camera.pinyin = grid_at(camera.lon, camera.lat), spelled(camera.name)
    camera.save()
    after = _told(camera)
    changed = [name for name in after if before.get(name) != after[name]]
    if changed:
        detail = {"before": {n: before.get(n) for n in changed}, "after": {n: after[n] for n in changed}}
        action = "grids.camera_changed" if kept else "grids.camera_created"
        audit(actor_id=by.user_id, action=action, object_label=str(camera), detail=detail)
    return camera


def _read(told: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    code = read_code(told, faults)
    if not code:
        faults.setdefault("code", [_("请填写点位编码")])
    lon, lat = read_point(told, faults)
    gateway = VideoGateway.objects.filter(code=str(told.get("gateway") or "")).first()
    device, channel = (str(told.get(name) or "").strip() for name in ("device", "channel"))
    if gateway is None:
        faults["gateway"] = [_("请选择视频网关")]
    elif gateway.kind == GatewayKind.GB28181:
        for name, value in (("device", device), ("channel", channel)):
            if not NUMBER.fullmatch(value):
                faults[name] = [_("国标编码为 20 位数字（旧设备 18 位）")]
    elif not PATH.fullmatch(channel) or ".." in channel or channel.startswith("/"):
        faults["channel"] = [_("请填写网关之后的路径，只含字母、数字和 . _ ~ / -")]
    return {
        "code": code,
        "name": read_text(told, "name", 80, faults, needed=_("名称")),
        "address": read_text(told, "address", 200, faults),
        "lon": lon,
        "lat": lat,
        "direction": _direction(told.get("direction"), faults),
        "owner": _owner(told.get("owner"), faults),
        "gateway": gateway,
        "device": device,
        "channel": channel,
        "active": bool(told.get("active", True)),
    }


def _direction(raw: Any, faults: Faults) -> int | None:
    text = str(raw if raw is not None else "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) > 359:
        faults["direction"] = [_("朝向为 0 至 359 度，正北为 0，顺时针")]
        return None
    return int(text)


def _owner(raw: Any, faults: Faults) -> Unit | None:
    if raw in (None, ""):
        return None
    unit = Unit.objects.filter(code=str(raw), active=True).first()
    if unit is None:
        faults["owner"] = [_("没有这个单位，或已停用")]
    return unit


def record_check(*, camera_id: int, fault: str) -> None:
    """Write down whether the stream of a camera answered; an empty ``fault`` means that it did."""
    state = CameraState.OFFLINE if fault else CameraState.ONLINE
    Camera.objects.filter(pk=camera_id).update(state=state, fault=fault[:100], checked_at=Now())


def _told(camera: Camera) -> dict[str, Any]:
    owner = camera.owner.code if camera.owner else ""
    return {**{name: getattr(camera, name) for name in TOLD}, "owner": owner, "gateway": camera.gateway.code}


def _locked(code: str) -> Camera:
    found = Camera.objects.select_for_update(of=("self",)).select_related("gateway", "owner").filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def _require(by: Actor) -> None:
    if not can(by, Action.EDIT_CAMERAS):
        raise NotAllowed


@transaction.atomic
def drop_camera(*, code: str, by: Actor) -> None:
    """Delete a camera that an import has just brought. Raise NotAllowed, NotVisible."""
    _require(by)
    camera = _locked(code)
    camera.delete()
    audit(actor_id=by.user_id, action="grids.camera_dropped", object_label=code)

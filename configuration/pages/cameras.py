"""Cameras: map and list, the player with its finding, forms of cameras and gateways."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.base import ConfigurationPage
from configuration.pages.elements.editing import PlacedForm
from configuration.pages.forms import Field, FormPage
from configuration.services.demo_stream import head, playlist, segment
from configuration.services.findings import report_finding
from grids.models import Camera, CameraState, GatewayKind, Street, Unit, VideoGateway
from grids.permissions import Action, can
from grids.selectors.cameras import (
    camera_seen_by,
    cameras_visible_to,
    may_see_cameras,
    may_watch,
    searched_cameras,
    stream_address,
    stream_origin,
)
from grids.services.cameras import put_camera, put_gateway
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from workorders.models.orders import Urgency
from workorders.pages.choices import category_choices
from workorders.services.attachments import shelf

PAGE_SIZE = 50
TITLE_LENGTH = 80


class CameraPage(ConfigurationPage):
    section = "cameras"

    def allow(self) -> None:
        if not may_see_cameras(self.actor):
            raise NotAllowed

    @property
    def may_edit(self) -> bool:
        return can(self.actor, Action.EDIT_CAMERAS)


class Cameras(CameraPage):
    """The cameras of one's own ground."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow()
        asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:80] for name in ("q", "state", "place")}
        visible = cameras_visible_to(self.actor)
        page = Paginator(searched_cameras(visible, **asked), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "asked": asked,
            "narrowed": any(asked.values()),
            "states": CameraState.choices,
            "streets": Street.objects.order_by("code").values_list("code", "short_name"),
            "may_edit": self.may_edit,
            "may_watch": may_watch(self.actor),
        }
        return self.show("cameras/list.html", context)


class OneCamera(CameraPage):
    """The player of one camera, and the report of what it shows."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(camera_seen_by(self.actor, code), {})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Report a finding without script, with an uploaded picture."""
        data = {
            name: request.POST.get(name, "") for name in ("title", "description", "category", "urgency", "taken_at")
        }
        try:
            with shelf() as written:
                order, _new = report_finding(
                    code=code, data=data, picture=request.FILES.get("file"), by=self.actor, written=written
                )
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._page(camera_seen_by(self.actor, code), data, refusal)
        self.tell(_("已上报，工单号 %s") % order.number)
        return redirect("workorders:order", number=order.number)

    def _page(self, camera: Camera, data: dict[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        watching = may_watch(self.actor)
        context = {
            "camera": camera,
            "stream": stream_address(camera) if watching else "",
            "may_watch": watching,
            "may_edit": self.may_edit,
            "data": data,
            "categories": category_choices(None) if watching else (),
            "urgencies": Urgency.choices,
            "taken_at": f"{clock.now():%Y%m%dT%H%M%S%f}",
            "refusal": refusal,
            "faults": [str(text) for texts in (refusal.fields.values() if refusal else ()) for text in texts],
        }
        made = self.show("cameras/one.html", context, refusal.status if refusal else 200)
        origin = stream_origin(camera) if watching else ""
        # The page of this camera may speak to its gateway, and to nobody else; the player feeds the picture by blob.
        hosts = [origin] if origin else []
        vars(made)["_csp_update"] = {"connect-src": hosts, "media-src": ["blob:", *hosts]}
        return made


class CameraForm(PlacedForm, CameraPage):
    """A new camera, or with ``code`` that one."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.code = kwargs.get("code", "")

    def allowed(self) -> bool:
        return self.may_edit

    @property
    def title(self) -> str:
        return _("修改 %s") % self.code if self.code else _("新建视频点位")

    def fields(self) -> list[Field]:
        kept = camera_seen_by(self.actor, self.code) if self.code else None
        owners = Unit.objects.filter(active=True).order_by("level", "pinyin").values_list("code", "name")
        ways = [
            (each.code, f"{each.name}（{each.get_kind_display()}）")
            for each in VideoGateway.objects.filter(active=True)
        ]

        def of(name: str) -> Any:
            return getattr(kept, name) if kept else ""

        return [
            Field("name", _("名称"), value=of("name"), required=True),
            Field("code", _("点位编码"), value=of("code"), required=True, fixed=bool(kept)),
            Field("gateway", _("视频网关"), "select", kept.gateway.code if kept else "", options=ways, required=True),
            Field("device", _("设备编码（国标）"), value=of("device"), hint=_("国标网关填写 20 位设备编码；HLS 不填")),
            Field("channel", _("通道编码或路径"), value=of("channel"), required=True),
            Field("direction", _("朝向（度）"), "int", of("direction"), hint=_("正北为 0，顺时针")),
            Field(
                "owner", _("权属单位"), "select", kept.owner.code if kept and kept.owner else "", options=list(owners)
            ),
            Field("active", _("启用"), "check", kept.active if kept else True),
            *self.place_fields({name: of(name) for name in ("address", "lon", "lat")}),
        ]

    def save(self, values: dict[str, Any]) -> str:
        self.made = put_camera(data=values, by=self.actor, code=self.code)
        return _("已保存 %s") % self.made

    def after(self) -> str:
        code = self.code or getattr(getattr(self, "made", None), "code", "")
        return reverse("configuration:camera", args=[code]) if code else reverse("configuration:cameras")


class Gateways(FormPage, CameraPage):
    """The hosts that streams may come from: the list, and a form to add or change one."""

    template = "cameras/gateways.html"
    title = gettext_lazy("视频网关")

    def allowed(self) -> bool:
        return self.may_edit

    def fields(self) -> list[Field]:
        kept = VideoGateway.objects.filter(code=self.request.GET.get("code", "")).first()

        def of(name: str) -> Any:
            return getattr(kept, name) if kept else ""

        hint = _("HLS：https://主机/路径/{channel}；国标网关：https://主机/…/{device}/{channel}.m3u8")
        return [
            Field("code", _("网关代码"), value=of("code"), required=True, fixed=bool(kept)),
            Field("name", _("名称"), value=of("name"), required=True),
            Field("kind", _("接入方式"), "select", of("kind"), options=GatewayKind.choices, required=True),
            Field("template", _("地址模板"), value=of("template"), required=True, wide=True, hint=hint),
            Field("active", _("启用"), "check", kept.active if kept else True),
        ]

    def save(self, values: dict[str, Any]) -> str:
        return _("已保存 %s") % put_gateway(data=values, by=self.actor)

    def after(self) -> str:
        return reverse("configuration:video-gateways")

    def context(self) -> dict[str, Any]:
        return {"gateways": VideoGateway.objects.all()}


class DemoStream(CameraPage):
    """The stream that the platform plays itself, in demos and tests alone."""

    def get(self, request: HttpRequest, channel: str, part: str) -> HttpResponseBase:
        if not (settings.LIANQIN_DEMO and may_watch(self.actor)):
            raise NotVisible
        stem, _dot, suffix = part.rpartition(".")
        if part == "index.m3u8":
            return HttpResponse(playlist(clock.now().timestamp()), content_type="application/vnd.apple.mpegurl")
        if part == "head.mp4":
            return HttpResponse(head(), content_type="video/mp4")
        if suffix == "m4s" and stem.isdecimal() and len(stem) < 16:
            return HttpResponse(segment(int(stem)), content_type="video/iso.segment")
        raise NotVisible

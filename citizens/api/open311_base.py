"""How Open311 is spoken: which format, how much, and errors as it wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.api.problems import Refusal, as_refusal, internal
from citizens.rules.open311 import JSON, MIMES, XML, format_of, written
from citizens.selectors.open311 import districts_of
from citizens.services.admission import admit
from lianqin.kernel.errors import DomainError, Invalid, NotVisible

MOST_BYTES = 64 * 1024
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Every other refusal is a 400, as the specification wants it.
PLAIN = (403, 404, 405, 406, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered: ``root`` is the name of it in XML."""

    root: str
    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@method_decorator(csrf_exempt, name="dispatch")
class Open311View(View):
    """Answers as ``.json`` or ``.xml``, or by the Accept header; refuses with a list of errors."""

    http_method_names: tuple[str, ...] = ("get", "head", "options")
    districts: tuple[int, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        suffix = kwargs.pop("form", None)
        form = suffix if suffix in MIMES else format_of(request.headers.get("Accept", ""))
        try:
            if suffix and suffix not in MIMES:
                raise NotVisible(_("没有这种格式，请用 .json 或 .xml"))
            if form is None:
                raise Refusal(406, "not_acceptable", _("只提供 application/json 和 text/xml"))
            told = self.tell(request, **kwargs)
        except Exception as error:  # noqa: BLE001 — every fault is answered as the specification wants it
            told = _refusal(as_refusal(error) or internal(request))
        return _response(request, told, form or XML)

    def tell(self, request: HttpRequest, **kwargs: Any) -> Told:
        method = (request.method or "").lower()
        handler = getattr(self, "get" if method == "head" else method, None)
        if method not in self.http_method_names or handler is None:
            raise Refusal(405, "method_not_allowed", _("此地址不支持该请求方法"))
        if method != "post":
            admit(request, "open311-read")
            self.districts = self._districts(request.GET.get("jurisdiction_id", ""))
        answer: Told = handler(request, **kwargs)
        return answer

    def options(self, request: HttpRequest, **kwargs: Any) -> Told:  # type: ignore[override]
        names = ", ".join(each.upper() for each in self.http_method_names)
        return Told("options", {}, headers={"Allow": names})

    def form_of(self, request: HttpRequest) -> dict[str, str]:
        """The fields of a form, read only when it is small. Raises Refusal, Limited, Blocked, NotVisible."""
        admit(request, "open311")
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length.isdecimal():
            raise Invalid(_("请求没有说明大小"))
        if int(length) > MOST_BYTES:
            raise Refusal(413, "too_large", _("表单不能超过 64 KB"))
        if request.content_type not in FORMS:
            raise Invalid(_("请用 application/x-www-form-urlencoded 提交表单"))
        told = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        if request.FILES:
            raise Invalid(_("不收文件：请把图片放在网上，用 media_url 给出网址"))
        asked = told.get("jurisdiction_id") or request.GET.get("jurisdiction_id", "")
        self.districts = self._districts(asked)
        return told

    def _districts(self, jurisdiction: str) -> tuple[int, ...]:
        if not jurisdiction:
            return ()
        found = tuple(districts_of(jurisdiction[:40].replace("\x00", "")))
        if not found:
            raise NotVisible(_("jurisdiction_id 没有找到"))
        return found


def _refusal(error: DomainError) -> Told:
    status = error.status if error.status in PLAIN else 400
    lines = [f"{name}：{text}" for name, texts in error.fields.items() for text in texts] or [str(error.message)]
    wait = error.extra.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Told("errors", [{"code": status, "description": line} for line in lines], status, headers)


def _response(request: HttpRequest, told: Told, form: str) -> HttpResponse:
    response = HttpResponse(written(told.root, told.body, form), status=told.status, content_type=MIMES[form])
    for name, value in {"Cache-Control": "no-cache", **told.headers}.items():
        response[name] = value
    if request.method != "POST":
        # What everybody may read, pages of others may show.
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    return response


__all__ = ["JSON", "Open311View", "Told"]

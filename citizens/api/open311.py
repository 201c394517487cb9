"""Open311 GeoReport v2 at ``/open311/v2/``, with paging, ``updated_after`` and updates of service requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from citizens.api.open311_base import Open311View, Told
from citizens.api.open311_shapes import change_shape, definition_shape, request_shape, service_shape
from citizens.rules.codes import spelled
from citizens.rules.open311 import (
    CLOSED,
    MIMES,
    MOST_IDS,
    MOST_METRES,
    MOST_ROWS,
    OPEN,
    SPECIFICATION,
    moment_of,
    span_of,
)
from citizens.selectors.open311 import (
    Asked,
    Near,
    asked_for,
    changes,
    public_masters,
    public_pictures,
    public_service,
    public_services,
)
from citizens.services.api_keys import use_key
from citizens.services.open311 import Accepted, add_update, report_of_token, request_service
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid, NotVisible
from workorders.models import WorkOrder

# Sortable; moves when what is spoken here changes. Which services there are is asked anew by whoever wants to know.
CHANGESET = "2026-11-22 14:00"
REQUESTS, UPDATES = "service_requests", "service_request_updates"
REMEMBER = {"Cache-Control": "public, max-age=300"}


class Discovery(Open311View):
    def get(self, request: HttpRequest) -> Told:
        base = base_of(request)
        page = f"{base}{reverse('citizens:developers')}"
        endpoint = {
            "specification": SPECIFICATION,
            "url": f"{base}/open311/v2",
            "changeset": CHANGESET,
            "type": "test" if settings.LIANQIN_DEMO else "production",
            "formats": [mime.partition(";")[0] for mime in MIMES.values()],
        }
        body = {
            "changeset": CHANGESET,
            "contact": _("接口说明：%(page)s") % {"page": page},
            "key_service": _("申请密钥：%(page)s") % {"page": page},
            "endpoints": [endpoint],
        }
        return Told("discovery", body, headers=REMEMBER)


class Services(Open311View):
    def get(self, request: HttpRequest) -> Told:
        return Told("services", [service_shape(leaf, top) for leaf, top in public_services()], headers=REMEMBER)


class Service(Open311View):
    def get(self, request: HttpRequest, code: str) -> Told:
        leaf = public_service(code)
        if leaf is None:
            raise NotVisible(_("service_code 没有找到：%(code)s") % {"code": code})
        return Told("service_definition", definition_shape(leaf), headers=REMEMBER)


class Requests(Open311View):
    http_method_names = ("get", "head", "options", "post")

    def get(self, request: HttpRequest) -> Told:
        asked = _asked(request, self.districts)
        return Told(REQUESTS, _shown(request, _page(request, asked_for(asked))))

    def post(self, request: HttpRequest) -> Told:
        told = self.form_of(request)
        key = use_key(told.get("api_key", ""))
        client_key = request.headers.get("Idempotency-Key", "") or told.get("client_key", "")
        accepted = request_service(key=key, told=told, client_key=client_key)
        # Who would rather ask later is given a token; the report is there all the same.
        if "respond-async" in request.headers.get("Prefer", ""):
            applied = {"Preference-Applied": "respond-async"}
            return Told(REQUESTS, [{"token": accepted.token}], 202, applied)
        number = accepted.receipt.order.number
        notice = _thanks(base_of(request), accepted)
        return Told(REQUESTS, [{"service_request_id": number, "service_notice": notice, "account_id": None}])


class Request(Open311View):
    def get(self, request: HttpRequest, number: str) -> Told:
        found = asked_for(Asked(numbers=(number,), districts=self.districts)).first()
        if found is None:
            raise NotVisible(_("service_request_id 没有找到"))
        return Told(REQUESTS, _shown(request, [found]))


class Token(Open311View):
    def get(self, request: HttpRequest, token: str) -> Told:
        report = report_of_token(token)
        return Told(REQUESTS, [{"service_request_id": report.receipt.order.number, "token": token}])


class Updates(Open311View):
    http_method_names = ("get", "head", "options", "post")

    def get(self, request: HttpRequest) -> Told:
        span = _span(request, "start_date", "end_date")
        found = changes(span, _several(request, "service_request_id", MOST_IDS), self.districts)
        return Told(UPDATES, [change_shape(each) for each in _page(request, found)])

    def post(self, request: HttpRequest) -> Told:
        told = self.form_of(request)
        key = use_key(told.get("api_key", ""))
        number = told.get("service_request_id", "")
        if not number:
            raise Invalid(fields={"service_request_id": [_("没有填写")]})
        words = told.get("description", "")
        update_id = add_update(key=key, number=number, update_id=told.get("update_id", ""), words=words)
        return Told(UPDATES, [{"update_id": update_id}])


def base_of(request: HttpRequest) -> str:
    return settings.LIANQIN_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def _shown(request: HttpRequest, orders: Sequence[WorkOrder]) -> list[dict[str, Any]]:
    base, found, masters = base_of(request), public_pictures(orders), public_masters(orders)
    pictures = {pk: f"{base}{reverse('citizens:public-picture', args=[each.key])}" for pk, each in found.items()}
    return [request_shape(order, pictures.get(order.pk), masters.get(order.master_id, "")) for order in orders]


def _thanks(base: str, accepted: Accepted) -> str:
    told = {"code": spelled(accepted.code), "page": f"{base}{reverse('citizens:track')}"}
    return _("已收到。查询码 %(code)s，凭它在 %(page)s 查进度、评价或提出异议，请转告反映人记下。") % told


def _asked(request: HttpRequest, districts: tuple[int, ...]) -> Asked:
    """The query, checked. Raises Invalid by field."""
    numbers = _several(request, "service_request_id", MOST_IDS)
    if numbers:
        return Asked(numbers=numbers, districts=districts)
    statuses = tuple(each.lower() for each in _several(request, "status", 2))
    if set(statuses) - {OPEN, CLOSED}:
        raise Invalid(fields={"status": [_("应是 open 或 closed")]})
    updated = reported = None
    if request.GET.get("updated_after") or request.GET.get("updated_before"):
        updated = _span(request, "updated_after", "updated_before")
    if updated is None or request.GET.get("start_date") or request.GET.get("end_date"):
        reported = _span(request, "start_date", "end_date")
    codes = _several(request, "service_code", MOST_IDS)
    return Asked((), codes, statuses, reported, updated, _near(request), districts)


def _several(request: HttpRequest, name: str, most: int) -> tuple[str, ...]:
    """Declared many times or with commas. Raises Invalid."""
    given = [each.strip() for text in request.GET.getlist(name) for each in text.split(",")]
    found = tuple(dict.fromkeys(each for each in given if each))
    if len(found) > most or any(len(each) > 40 or not each.isprintable() for each in found):
        raise Invalid(fields={name: [_("最多 %(most)d 个，用逗号隔开") % {"most": most}]})
    return found


def _span(request: HttpRequest, first: str, last: str) -> tuple[dt.datetime, dt.datetime]:
    moments: list[dt.datetime | None] = []
    for name in (first, last):
        text = request.GET.get(name, "").strip()
        try:
            # A plus sign that nobody escaped came as a space.
            moments.append(moment_of(text.replace(" ", "+")) if text else None)
        except ValueError as error:
            raise Invalid(fields={name: [_("应是带时区的时间，如 2026-11-22T00:00:00Z")]}) from error
    try:
        return span_of(moments[0], moments[1], clock.now())
    except (ValueError, OverflowError) as error:
        raise Invalid(fields={first: [_("起止时间最多相隔 90 天，且先后不能颠倒")]}) from error


def _near(request: HttpRequest) -> Near | None:
    """All three, or none. Raises Invalid."""
    given = [request.GET.get(name, "").strip() for name in ("lat", "long", "radius")]
    if not any(given):
        return None
    try:
        lat, lon, metres = (float(text) for text in given)
    except ValueError:
        lat = lon = metres = float("nan")
    if not (abs(lat) <= 85 and abs(lon) <= 180 and 0 < metres <= MOST_METRES):
        raise Invalid(fields={"radius": [_("lat、long、radius 要一起给，radius 以米计，最多 5000")]})
    return Near(lon, lat, metres)


def _page(request: HttpRequest, found: QuerySet[Any]) -> list[Any]:
    numbers = {}
    for name, default, most in (("page", 1, 1_000_000), ("page_size", MOST_ROWS, MOST_ROWS)):
        text = request.GET.get(name, "").strip() or str(default)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:8]) <= most):
            raise Invalid(fields={name: [_("应是 1 到 %(most)d 的整数") % {"most": most}]})
        numbers[name] = int(text[:8])
    first = (numbers["page"] - 1) * numbers["page_size"]
    return list(found[first : first + numbers["page_size"]])

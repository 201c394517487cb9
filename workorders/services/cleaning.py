"""Turn what came in into what an action works on; every fault at once, each beside its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from shapely import GEOSException

from catalogue.models import Category
from catalogue.selectors import matter_by_code
from grids.ground import ground
from grids.models import Membership, Street, Unit
from grids.selectors import active_unit, memberships_in_force
from lianqin.kernel.actors import Actor
from workorders.errors import Invalid
from workorders.models import WorkOrder
from workorders.models.orders import Urgency
from workorders.permissions import is_visible
from workorders.rules.corrections import Correction
from workorders.rules.inputs import INPUTS, Input, Kind

MAX_WORKDAYS = 20
MAX_HOURS = 72
MAX_REVIEW_DAYS = 366
MOST_POINTS = 2000


class Fault(Exception):
    """Why a value cannot be used, in words for its field."""


def clean(action: str, data: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """The cleaned inputs of an action; what was left out is ``None`` (an empty list for several). Raises Invalid.

    An order that ``by`` does not see is refused like one that does not exist.
    """
    cleaned: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for field in INPUTS[action]:
        value = data.get(field.name)
        if value in (None, "", []):
            cleaned[field.name] = [] if field.kind in (Kind.UNITS, Kind.STREETS) else None
            if field.required:
                faults[field.name] = [_("请填写“%(label)s”") % {"label": field.label}]
            continue
        try:
            _check_storable(field, value)
            cleaned[field.name] = found = CLEANERS[field.kind](field, value)
            if field.kind == Kind.ORDER and not is_visible(by, found, found.assignments.all()):
                raise Fault(no_such_order(found.number))
        except Fault as fault:
            faults[field.name] = [str(fault)]
    if faults:
        raise Invalid(fields=faults)
    return cleaned


ANSWER = Input("answer", Kind.TEXT, _lazy("审批意见"), required=False)


def clean_answer(value: Any, *, approve: bool) -> str:
    """What somebody wrote who decided a request; whoever refuses says why. Raises Invalid."""
    text = ""
    if value not in (None, ""):
        try:
            _check_storable(ANSWER, value)
            text = _text(ANSWER, value)
        except Fault as fault:
            raise Invalid(fields={"answer": [str(fault)]}) from fault
    if not approve and not text:
        raise Invalid(fields={"answer": [_("不同意须写明意见")]})
    return text


def texts_of(action: str, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """The free text among the inputs: it goes to erasable tables, its hash into the event."""
    return {
        field.name: cleaned[field.name]
        for field in INPUTS[action]
        if field.kind == Kind.TEXT and cleaned.get(field.name)
    }


def is_storable(text: str) -> bool:
    """Half of a surrogate pair is valid JSON and no text; the database takes no NUL."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check_storable(field: Input, value: Any) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    # A NUL in free text is dropped, in a code it is a fault.
    texts = [str(each).replace("\x00", "") if field.kind == Kind.TEXT else str(each) for each in values]
    if not all(is_storable(text) for text in texts):
        raise Fault(_("含有无法保存的字符"))


def _text(field: Input, value: Any) -> str:
    if not isinstance(value, str):
        raise Fault(_("应为文字"))
    text = value.replace("\x00", "").strip()
    if not text:
        raise Fault(_("请填写“%(label)s”") % {"label": field.label})
    if len(text) > field.max_length:
        raise Fault(_("最多 %(most)d 个字") % {"most": field.max_length})
    return text


def _unit(field: Input, value: Any) -> Unit:
    unit = active_unit(str(value))
    if unit is None:
        raise Fault(_("没有代码为 %(code)s 的在用单位") % {"code": value})
    return unit


def _units(field: Input, value: Any) -> list[Unit]:
    codes = _codes(value)
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes, active=True)}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Fault(_("没有代码为 %(code)s 的在用单位") % {"code": "、".join(unknown)})
    return [found[code] for code in codes]


def _codes(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > 30:
        raise Fault(_("应为代码列表"))
    return list(dict.fromkeys(str(each) for each in value))


def _category(field: Input, value: Any) -> Category:
    category = matter_by_code(str(value))
    if category is None:
        raise Fault(_("请选择事项小类"))
    return category


def _urgency(field: Input, value: Any) -> str:
    if value not in Urgency.values:
        raise Fault(_("请选择：%(choices)s") % {"choices": "、".join(str(label) for label in Urgency.labels)})
    return str(value)


def _order(field: Input, value: Any) -> WorkOrder:
    order = WorkOrder.objects.filter(number=number_of(value)).first()
    if order is None:
        raise Fault(no_such_order(number_of(value)))
    return order


def number_of(value: Any) -> str:
    """The number of an order as somebody pasted it; nothing that no order could have."""
    number = str(value or "").strip()[:32]
    return number if is_storable(number) else ""


def no_such_order(number: str) -> str:
    return _("没有找到工单 %(number)s") % {"number": number}


def _street(field: Input, value: Any) -> Street:
    street = Street.objects.defer("boundary").filter(code=str(value)).first()
    if street is None:
        raise Fault(_("没有代码为 %(code)s 的街道") % {"code": value})
    return street


def _streets(field: Input, value: Any) -> list[Street]:
    codes = _codes(value)
    found = list(Street.objects.defer("boundary").filter(code__in=codes))
    if len(found) != len(codes):
        raise Fault(_("有街道代码不存在"))
    return found


def _extent(field: Input, value: Any) -> frozenset[int]:
    """The streets that a GeoJSON line or area (WGS-84) touches."""
    fault = Fault(_("应为 GeoJSON 线或面 (WGS-84), 最多 %(most)d 个点") % {"most": MOST_POINTS})
    if not isinstance(value, dict) or value.get("type") not in ("LineString", "Polygon"):
        raise fault
    coordinates = value.get("coordinates")
    rings = [coordinates] if value["type"] == "LineString" else coordinates
    if not isinstance(rings, list) or not all(isinstance(ring, list) for ring in rings):
        raise fault
    if not 0 < sum(len(ring) for ring in rings) <= MOST_POINTS:
        raise fault
    for ring in rings:
        for point in ring:
            if not isinstance(point, list) or len(point) != 2:
                raise fault
            clean_point(*point)
    try:
        return ground().streets_crossed({"type": value["type"], "coordinates": coordinates})
    except GEOSException as error:
        raise fault from error


def _worker(field: Input, value: Any) -> Membership:
    posts = memberships_in_force().filter(user__username=str(value), grid__isnull=False)
    post = posts.select_related("user").order_by("pk").first()
    if post is None:
        raise Fault(_("没有这名网格员"))
    return post


def _number(value: Any, low: float, high: float) -> float:
    try:
        if isinstance(value, bool):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Fault(_("应为数字")) from error
    if not low <= number <= high:
        raise Fault(_("应在 %(low)g 与 %(high)g 之间") % {"low": low, "high": high})
    return number


def _longitude(field: Input, value: Any) -> float:
    return _number(value, -180, 180)


def _latitude(field: Input, value: Any) -> float:
    return _number(value, -90, 90)


def _workdays(field: Input, value: Any) -> int:
    number = _number(value, 1, MAX_WORKDAYS)
    if number != int(number):
        raise Fault(_("应为整数"))
    return int(number)


def _hours(field: Input, value: Any) -> float:
    return _number(value, 0.5, MAX_HOURS)


def _date(field: Input, value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise Fault(_("日期应写作 2026-12-31")) from error


def _flag(field: Input, value: Any) -> bool:
    if value in (True, "true", "1", "on", 1):
        return True
    if value in (False, "false", "0", "off", 0):
        return False
    raise Fault(_("应为是或否"))


def _correction(field: Input, value: Any) -> str:
    if value not in Correction.values:
        raise Fault(_("请选择：%(choices)s") % {"choices": "、".join(str(label) for label in Correction.labels)})
    return str(value)


CLEANERS: Mapping[Kind, Callable[[Input, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.UNIT: _unit,
    Kind.UNITS: _units,
    Kind.CATEGORY: _category,
    Kind.URGENCY: _urgency,
    Kind.ORDER: _order,
    Kind.STREET: _street,
    Kind.STREETS: _streets,
    Kind.EXTENT: _extent,
    Kind.WORKER: _worker,
    Kind.LONGITUDE: _longitude,
    Kind.LATITUDE: _latitude,
    Kind.WORKDAYS: _workdays,
    Kind.HOURS: _hours,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CORRECTION: _correction,
}


def clean_point(lon: Any, lat: Any) -> tuple[float, float]:
    """Two finite numbers in degrees (WGS-84). Raises Fault."""
    return _number(lon, -180, 180), _number(lat, -90, 90)

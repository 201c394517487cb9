"""A report comes in: numbered, placed in its grid, on the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.selectors import matter_by_code
from grids.ground import Place, ground
from lianqin.kernel.actors import DISTRICT, Actor, ActorKind, token
from workorders.errors import Conflict, Invalid, NotAllowed
from workorders.models import OrderText, WorkOrder
from workorders.models.orders import Source, Urgency
from workorders.permissions import is_visible
from workorders.services.cleaning import Fault, clean_point, is_storable
from workorders.services.contacts import sealed_contact
from workorders.services.door import advance
from workorders.services.finishing import finish
from workorders.services.moves import Move
from workorders.services.numbers import open_number
from workorders.services.search import index_text
from workorders.services.work import Work
from workorders.states import rows

TEXTS = {"title": 80, "description": 4000, "address": 200}
CONTACT = {"reporter_name": 40, "reporter_phone": 32}


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody tells. Coordinates in WGS-84; ``category`` by code; only the title is indispensable."""

    title: str
    source: str
    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    category: Category | None = None
    urgency: str = Urgency.NORMAL
    external_ref: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""


def report(*, by: Actor, data: Mapping[str, Any]) -> tuple[WorkOrder, bool]:
    """Open an order, or find the one that its source sent before. Returns it and whether it is new.

    Raises NotAllowed and Invalid. A repeat of ``(source, external_ref)`` returns the first order.
    """
    if not by.tokens("report_orders"):
        raise NotAllowed
    told = _read(by, data)
    try:
        with transaction.atomic():
            known = _known(by, told)
            return (known, False) if known is not None else (_open(by, told), True)
    except IntegrityError:
        # Somebody sent the same reference at the same moment and was first.
        known = _known(by, told)
        if known is None:
            raise
        return known, False


def report_handled(*, by: Actor, data: Mapping[str, Any]) -> tuple[WorkOrder, bool]:
    """Report what a grid worker has already put right on the spot: both in one transaction.

    ``result`` says what was done. Raises NotAllowed and Invalid; a repeat of the reference returns the first order.
    """
    with transaction.atomic():
        order, new = report(by=by, data={"source": Source.GRID_WORKER, **data})
        if new:
            order = advance(order_id=order.pk, action="handle_on_site", by=by, data={"result": data.get("result")})
        return order, new


def _known(by: Actor, told: Report) -> WorkOrder | None:
    if not told.external_ref:
        return None
    known = WorkOrder.objects.filter(source=told.source, external_ref=told.external_ref).first()
    if known is not None and not is_visible(by, known, known.assignments.all()):
        raise Conflict(_("该来源的外部单号已经登记"), code="external_ref_taken")
    return known


def _open(by: Actor, told: Report) -> WorkOrder:
    place = ground().locate(told.lon, told.lat) if told.lon is not None and told.lat is not None else None
    district_id = place.district_id if place else _home_district(by)
    if not by.may("report_orders", {token(DISTRICT, district_id)}):
        raise NotAllowed(_("您不能在该区上报工单"))
    opening = open_number(district_id)
    order = WorkOrder(
        id=opening.order_id,
        number=opening.number,
        source=told.source,
        external_ref=told.external_ref,
        urgency=told.urgency,
        category=told.category,
        district_id=district_id,
        lon=told.lon,
        lat=told.lat,
        reporter_id=by.user_id,
        reported_at=opening.stored.now,
        holder_id=_holder_id(place, district_id),
    )
    if place is not None:
        order.street_id, order.community_id, order.grid_id = place.street_id, place.community_id, place.grid_id
    texts = {name: getattr(told, name) for name in TEXTS}
    text = OrderText(order=order, **texts)
    index_text(text, order)
    (row,) = rows("report", None, None)
    work = Work(order, by, stored=opening.stored)
    move = Move(work, row, {}, facts={"placed": place is not None}, holder_id=order.holder_id)
    beside: list[Model] = [text]
    if told.reporter_name or told.reporter_phone:
        beside.append(sealed_contact(order, told.reporter_name, told.reporter_phone))
    finish(move, {name: written for name, written in texts.items() if written}, beside=beside)
    return order


def _holder_id(place: Place | None, district_id: int) -> int:
    """The street's sub-centre; the district's centre for what lies in no grid."""
    return ground().sub_center_id(place.street_id) if place else ground().command_center_id(district_id)


def _home_district(by: Actor) -> int:
    for post in by.posts:
        if post.district_id is not None:
            return post.district_id
    return min(ground().district_ids)


def _read(by: Actor, data: Mapping[str, Any]) -> Report:
    faults: dict[str, list[str]] = {}
    values: dict[str, Any] = {name: _text(data, name, most, faults) for name, most in (TEXTS | CONTACT).items()}
    if not values["title"]:
        faults.setdefault("title", []).append(_("请填写标题"))
    values["source"] = _source(by, data.get("source"), faults)
    values["external_ref"] = _text(data, "external_ref", 64, faults)
    values["category"] = _category(data.get("category"), faults)
    values["urgency"] = _urgency(data.get("urgency"), values["category"], faults)
    values["lon"], values["lat"] = _point(data, faults)
    if faults:
        raise Invalid(fields=faults)
    return Report(**values)


def _text(data: Mapping[str, Any], name: str, most: int, faults: dict[str, list[str]]) -> str:
    value = data.get(name) or ""
    if not isinstance(value, str):
        faults[name] = [_("应为文字")]
        return ""
    text = value.replace("\x00", "").strip()
    if not is_storable(text):
        faults[name] = [_("含有无法保存的字符")]
    elif len(text) > most:
        faults[name] = [_("最多 %(most)d 个字") % {"most": most}]
    return text


def _source(by: Actor, value: Any, faults: dict[str, list[str]]) -> str:
    """A citizen reports as a citizen; staff and platforms name the source."""
    if by.kind == ActorKind.PERSON and not by.posts:
        return Source.CITIZEN
    if value not in Source.values:
        faults["source"] = [_("请选择来源")]
        return ""
    return str(value)


def _category(code: Any, faults: dict[str, list[str]]) -> Category | None:
    if code in (None, ""):
        return None
    found = matter_by_code(str(code))
    if found is None:
        faults["category"] = [_("请选择事项小类")]
    return found


def _urgency(value: Any, category: Category | None, faults: dict[str, list[str]]) -> str:
    if value in (None, ""):
        return category.urgency if category is not None else Urgency.NORMAL
    if value not in Urgency.values:
        faults["urgency"] = [_("请选择紧急程度")]
        return Urgency.NORMAL
    return str(value)


def _point(data: Mapping[str, Any], faults: dict[str, list[str]]) -> tuple[float | None, float | None]:
    """Both coordinates or neither."""
    lon, lat = data.get("lon"), data.get("lat")
    if lon in (None, "") and lat in (None, ""):
        return None, None
    try:
        return clean_point(lon, lat)
    except Fault as fault:
        faults["lon"] = [str(fault)]
        return None, None

"""Orders, services and changes as Open311 names their facts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.selectors import CategoryNode
from citizens.models import StatusChange
from citizens.rules.open311 import CLOSED, OPEN, coarse, moment
from citizens.rules.progress import PROMISES, SAYS
from workorders.models import WorkOrder
from workorders.states import FINAL, Status

# While somebody works on it, what is promised is the end.
PROMISED = (Status.REGISTERED, Status.DISPATCHED, Status.HANDLING)


def service_shape(leaf: CategoryNode, top: CategoryNode) -> dict[str, Any]:
    return {
        "service_code": leaf.code,
        "service_name": leaf.name,
        "description": _("%(class)s：%(name)s") % {"class": top.name, "name": leaf.name},
        "metadata": bool(leaf.registration_conditions),
        "type": "realtime",
        "keywords": f"{top.name},{leaf.name}",
        "group": top.name,
    }


def definition_shape(leaf: CategoryNode) -> dict[str, Any]:
    """What must be the case is told before somebody reports: nothing has to be filled in."""
    return {
        "service_code": leaf.code,
        "attributes": [
            {
                "variable": False,
                "code": f"condition{order}",
                "datatype": "string",
                "required": False,
                "datatype_description": None,
                "order": order,
                "description": _("立案条件：%(condition)s") % {"condition": condition},
                "values": [],
            }
            for order, condition in enumerate(leaf.registration_conditions, start=1)
        ],
    }


def request_shape(order: WorkOrder, picture: str | None = None, master: str = "") -> dict[str, Any]:
    """Matter, place and course: no word that anybody wrote, and nobody's name.

    ``picture``: where one is shown; ``master``: the number under which a merged one goes on.
    """
    assert order.category is not None
    address = _place(order)
    what = _("%(matter)s，%(place)s") if address else "%(matter)s"
    return {
        "service_request_id": order.number,
        "status": status_of(order.status),
        "status_notes": _notes(order, master),
        "service_name": order.category.name,
        "service_code": order.category.code,
        "description": what % {"matter": order.category.name, "place": address},
        "agency_responsible": order.holder.name if order.holder else None,
        "service_notice": _notice(order),
        "requested_datetime": moment(timezone.localtime(order.reported_at)),
        "updated_datetime": moment(timezone.localtime(order.updated_at)),  # type: ignore[attr-defined]
        "expected_datetime": moment(_expected(order)),
        "address": address or None,
        "address_id": order.community.code if order.community else None,
        "zipcode": None,
        "lat": coarse(order.lat),
        "long": coarse(order.lon),
        "media_url": picture,
    }


def change_shape(change: StatusChange) -> dict[str, Any]:
    return {
        "update_id": f"{change.order.number}-{change.seq}",
        "service_request_id": change.order.number,
        "status": status_of(change.status),
        "updated_datetime": moment(timezone.localtime(change.at)),
        "description": said(change.status),
        "media_url": None,
    }


def _notes(order: WorkOrder, master: str) -> str:
    return _("与另一件合并办理，进展请查 %(number)s。") % {"number": master} if master else said(order.status)


def said(status: str) -> str:
    return str(SAYS.get(status, _("与另一件合并办理。")))


def status_of(status: str) -> str:
    return CLOSED if status in FINAL else OPEN


def _expected(order: WorkOrder) -> Any:
    promised = order.status in PROMISED and order.due_at is not None
    return timezone.localtime(order.due_at) if promised else None


def _notice(order: WorkOrder) -> str | None:
    if order.status not in PROMISES or order.due_at is None:
        return None
    return f"{timezone.localtime(order.due_at):%Y-%m-%d %H:%M} {PROMISES[order.status]}"


def _place(order: WorkOrder) -> str:
    """As far as the public may know: near which community, by the name people use, which is not that of its office."""
    if order.community is None:
        return order.street.name if order.street is not None else ""
    return _("%(place)s附近") % {"place": f"{order.street.name if order.street is not None else ''}{order.community}"}

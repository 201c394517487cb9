"""What everybody may read of orders: a list of facts that name nobody, and no word that anybody wrote."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, FloatField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Greatest, Power, Round

from catalogue.selectors import CategoryNode, category_tree
from catalogue.selectors.categories import public_matters
from citizens.models import PublishedPicture, StatusChange
from citizens.rules.open311 import CLOSED, DECIMALS, OPEN
from citizens.selectors.reporting import pictures_of
from grids.models import Community, District
from workorders.models import WorkOrder
from workorders.models.orders import Source
from workorders.states import FINAL, Status
from workorders.states import OPEN as OPEN_STATUSES

# What the police were told and what inspectors found is nobody else's.
TOLD_OF = tuple(each for each in Source if each not in (Source.POLICE_110, Source.INSPECTION))
STATUSES = {OPEN: tuple(OPEN_STATUSES), CLOSED: tuple(FINAL)}
SHOWN = ("category", "street", "community", "holder")
FACTS = (
    "number", "status", "master", "reported_at", "ended_at", "due_at", "lon", "lat", "category__code", "category__name",
    "street__name", "community__name", "community__short_name", "community__code", "holder__name",
)  # fmt: skip
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Near:
    lon: float
    lat: float
    metres: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. ``updated`` in place of ``reported``, or beside it."""

    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    reported: tuple[dt.datetime, dt.datetime] | None = None
    updated: tuple[dt.datetime, dt.datetime] | None = None
    near: Near | None = None
    districts: tuple[int, ...] = field(default=())


def public_services() -> list[tuple[CategoryNode, CategoryNode]]:
    """Every matter of which everybody is told, with its class. From memory."""
    return [(leaf, top) for top in category_tree() for leaf in top.children if leaf.public]


def public_service(code: str) -> CategoryNode | None:
    return next((leaf for leaf, _top in public_services() if leaf.code == code), None)


def public_orders() -> QuerySet[WorkOrder]:
    """Orders of public matters, each with ``updated_at``: when it came to the status that it has."""
    changed = StatusChange.objects.filter(order=OuterRef("pk")).order_by("-seq").values("at")[:1]
    found = WorkOrder.objects.filter(category__in=public_matters(), source__in=TOLD_OF)
    # PostgreSQL's greatest() passes over what is null.
    latest = Greatest(Subquery(changed), "reported_at", "registered_at", "submitted_at", "ended_at")
    return found.annotate(updated_at=latest).select_related(*SHOWN).only(*FACTS)


def asked_for(asked: Asked) -> QuerySet[WorkOrder]:
    """The public orders that somebody asks for, the latest first."""
    found = public_orders().order_by("-reported_at", "-pk")
    if asked.districts:
        found = found.filter(district__in=asked.districts)
    if asked.numbers:
        return found.filter(number__in=asked.numbers)
    if asked.codes:
        found = found.filter(category__code__in=asked.codes)
    if asked.statuses:
        found = found.filter(status__in=[each for name in asked.statuses for each in STATUSES[name]])
    if asked.reported:
        found = found.filter(reported_at__gte=asked.reported[0], reported_at__lte=asked.reported[1])
    if asked.updated:
        after = asked.updated[0]
        changed = StatusChange.objects.filter(at__gte=after).values("order")
        # News may be a moment late: what was just reported is there all the same. By two indexes, not by all orders.
        lately = changed.union(WorkOrder.objects.filter(reported_at__gte=after).order_by().values("pk"))
        found = found.filter(Q(("updated_at__range", asked.updated)), pk__in=lately)
    return _near(found, asked.near) if asked.near else found


def public_pictures(orders: Iterable[WorkOrder]) -> dict[int, PublishedPicture]:
    """The first picture that staff chose to show of each of these that is closed. One query, none without any."""
    closed = [order.pk for order in orders if order.status == Status.CLOSED]
    return pictures_of(closed) if closed else {}


def public_masters(orders: Iterable[WorkOrder]) -> dict[int | None, str]:
    """Numbers of the orders into which these were merged, of which everybody may read. One query, none without any."""
    merged = {order.master_id for order in orders if order.master_id is not None and order.status == Status.MERGED}
    found = WorkOrder.objects.filter(pk__in=merged, category__in=public_matters(), source__in=TOLD_OF)
    return dict(found.values_list("pk", "number")) if merged else {}


def public_picture(key: uuid.UUID) -> PublishedPicture | None:
    """One that is shown, as long as its order is closed and everybody may read of it."""
    found = PublishedPicture.objects.filter(key=key, withdrawn_at=None).exclude(path="")
    return found.filter(attachment__order__in=public_orders().filter(status=Status.CLOSED).values("pk")).first()


def _near(found: QuerySet[WorkOrder], near: Near) -> QuerySet[WorkOrder]:
    """Within a circle, by the point that is told: who asks with many circles learns no more than that."""
    lat, lon = (Cast(Round(F(name), precision=DECIMALS), FloatField()) for name in ("lat", "lon"))
    narrow = METRES_A_DEGREE * math.cos(math.radians(near.lat))
    apart = Power((lat - Value(near.lat)) * Value(METRES_A_DEGREE), 2) + Power(
        (lon - Value(near.lon)) * Value(narrow), 2
    )
    return found.filter(lon__isnull=False).annotate(apart=apart).filter(apart__lte=near.metres**2)


def changes(
    span: tuple[dt.datetime, dt.datetime], numbers: Sequence[str] = (), districts: Sequence[int] = ()
) -> QuerySet[StatusChange]:
    """When public orders came to another status, in the order of time."""
    found = StatusChange.objects.filter(at__gte=span[0], at__lte=span[1])
    found = found.filter(order__category__in=public_matters(), order__source__in=TOLD_OF)
    if districts:
        found = found.filter(order__district__in=districts)
    if numbers:
        found = found.filter(order__number__in=numbers)
    return found.select_related("order").only("seq", "status", "at", "order__number").order_by("at", "pk")


def districts_of(jurisdiction: str) -> list[int]:
    """The district that is called so (its code); none if there is none."""
    return list(District.objects.filter(code=jurisdiction).values_list("pk", flat=True))


def jurisdictions() -> Iterable[str]:
    return District.objects.order_by("code").values_list("code", flat=True)


def community_named(code: str) -> str:
    """Street and community of a division code, as an address; empty if there is none."""
    if not code.isalnum():
        return ""
    found = Community.objects.select_related("street").filter(code=code, valid_to=None).first()
    return f"{found.street.name}{found}" if found is not None else ""

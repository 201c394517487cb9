"""What staff finds to call, to check and to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from citizens.models import Callback, CheckState, Draw, PublishedPicture, SpotCheck
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, STREET, Actor
from workorders.models import Assignment, Attachment, Event, Timer, WorkOrder
from workorders.models.attachments import AttachmentStage
from workorders.models.orders import CITIZEN_SOURCES
from workorders.rules.months import ids_of, later, month_at
from workorders.states import Level, Stage, Status, TimerState

CODENAMES = ("check_orders", "supervise_orders")
MONTHS_TO_SHOW = 3


def places(actor: Actor, codename: str, letter: str) -> list[int]:
    """Keys of the streets or districts on which a permission is held."""
    return [int(held[2:]) for held in actor.tokens(codename) if held.startswith(f"{letter}:")]


def looks_after_citizens(actor: Actor) -> bool:
    """Whoever checks or supervises orders of a centre."""
    return any(places(actor, codename, letter) for codename in CODENAMES for letter in (DISTRICT, STREET))


def checked_by(actor: Actor, prefix: str = "") -> Q:
    """Orders of the centres for which the actor checks, and all under whom they supervise."""

    def has(**columns: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in columns.items()})

    found = has(level=Level.STREET, street__in=places(actor, "check_orders", STREET))
    found |= has(level=Level.DISTRICT, district__in=places(actor, "check_orders", DISTRICT))
    found |= has(street__in=places(actor, "supervise_orders", STREET))
    return found | has(district__in=places(actor, "supervise_orders", DISTRICT))


def calls_for(actor: Actor, now: dt.datetime) -> QuerySet[Timer]:
    """The clocks of the calls to be made now, the first due first: nothing that has ended or waits for another try.

    Who left no number is not called.
    """
    row = Callback.objects.filter(order=OuterRef("order"), generation=OuterRef("order__generation"))
    settled = row.filter(Q(next_at__gt=now) | Q(ended_at__isnull=False))
    found = Timer.objects.filter(checked_by(actor, "order__"), stage=Stage.CALLBACK, state=TimerState.PENDING)
    found = found.filter(order__status=Status.CLOSED, order__source__in=CITIZEN_SOURCES).exclude(Exists(settled))
    found = found.filter(order__contact__shown_phone__gt="")
    return found.select_related("order__text", "order__street", "order__category", "order__contact").order_by(
        "due_at", "pk"
    )


def spot_checks_for(actor: Actor) -> QuerySet[SpotCheck]:
    """What was drawn in the places of the actor and waits, oldest first."""
    found = SpotCheck.objects.filter(checked_by(actor, "order__"), state=CheckState.WAITING)
    return found.select_related("order__text", "order__street", "order__category", "draw").order_by("draw__day", "pk")


def bound_orders(order_ids: Sequence[int], actor: Actor) -> set[int]:
    """Those that the actor, or a unit of theirs, handled or verified: not independent of them. Two queries."""
    handled = Assignment.objects.filter(order__in=order_ids, unit__in=actor.unit_ids)
    verified = Event.objects.filter(order__in=order_ids, kind__in=("verify", "handle_on_site"))
    verified = verified.filter(Q(unit_id__in=actor.unit_ids) | Q(user_id=actor.user_id))
    return {*handled.values_list("order_id", flat=True), *verified.values_list("order_id", flat=True)}


def draws_for(actor: Actor) -> QuerySet[Draw]:
    """Draws of the streets of the actor, newest first."""
    mine = Q(pk__in=[])
    for codename in CODENAMES:
        mine |= Q(street__in=places(actor, codename, STREET))
        mine |= Q(street__district__in=places(actor, codename, DISTRICT))
    return Draw.objects.filter(mine).select_related("street").order_by("-day", "street_id")


def orders_to_show(actor: Actor) -> QuerySet[WorkOrder]:
    """Citizens' orders that are closed and have a picture on which nobody has decided, newest first.

    Reported this month or in the MONTHS_TO_SHOW before it: nobody waits for pictures of older ones any more.
    """
    # Told of both by their ids: few of the orders, and few of the pictures, are read.
    first = _first_to_show(clock.now())
    open_ones = _undecided().filter(order=OuterRef("pk"), order__gte=first)
    found = WorkOrder.objects.filter(checked_by(actor), status=Status.CLOSED, source__in=CITIZEN_SOURCES)
    found = found.filter(Exists(open_ones), archived_at=None, pk__gte=first)
    return found.select_related("text", "street", "category").order_by("-pk")


def pictures_wait(order: WorkOrder, now: dt.datetime) -> bool:
    """Whether what a closed order looked like before or after is still to be decided on by staff."""
    if order.status != Status.CLOSED or order.archived_at is not None or order.source not in CITIZEN_SOURCES:
        return False
    stages = (AttachmentStage.BEFORE, AttachmentStage.AFTER)
    return order.pk >= _first_to_show(now) and _undecided().filter(order=order, stage__in=stages).exists()


def _first_to_show(now: dt.datetime) -> int:
    """The least id of an order whose pictures somebody may still wait for."""
    first, _next = ids_of(later(month_at(now), -MONTHS_TO_SHOW))
    return first


def _undecided() -> QuerySet[Attachment]:
    decided = PublishedPicture.objects.filter(attachment=OuterRef("pk"), withdrawn_at=None)
    return pictures().exclude(Exists(decided))


def pictures() -> QuerySet[Attachment]:
    """What can be shown: pictures that are there."""
    return Attachment.objects.filter(mime__startswith="image/", erased_at=None).exclude(path="")


def decisions_on(order: WorkOrder) -> list[tuple[Attachment, PublishedPicture | None]]:
    """Every picture of the order with what was decided on it."""
    stands = PublishedPicture.objects.filter(attachment__order=order, withdrawn_at=None).select_related("by")
    decided = {each.attachment_id: each for each in stands}
    return [(each, decided.get(each.pk)) for each in pictures().filter(order=order).order_by("pk")]

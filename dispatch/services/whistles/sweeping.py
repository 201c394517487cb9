"""What the clock makes of those who do not come: a reminder, then a no-show, each once; none for what is over."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from dispatch.models import Summons, Whistle
from dispatch.rules.whistles import GRACE, UNDER_WAY, WhistleState
from dispatch.services.telling import send_notice
from dispatch.services.whistles.ending import ended
from dispatch.services.whistles.holding import address_of, call, record
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from workorders.locks import order_if_free
from workorders.states import OPEN

BATCH = 500


def sweep_summonses(limit: int = BATCH) -> int:
    """Strike what is due, each in its own transaction; return how many. Any number of sweepers may run.

    A whistle for which nobody is awaited any more ends with its order, too, if nobody came: there is no result to tell.
    """
    due_or_over = Q(next_at__lte=clock.Now()) | Q(whistle__order__isnull=False) & ~Q(whistle__order__status__in=OPEN)
    due = Summons.objects.filter(due_or_over, next_at__isnull=False).order_by("next_at")
    struck = sum(_strike(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))
    left = _left_over().values_list("pk", "order_id")
    return struck + sum(_end_with_order(pk, order_id) for pk, order_id in list(left[:limit]))


def _left_over() -> QuerySet[Whistle]:
    came_or_awaited = Summons.objects.filter(
        Q(arrived_at__isnull=False) | Q(next_at__isnull=False), whistle=OuterRef("pk")
    )
    under_way = Whistle.objects.filter(~Exists(came_or_awaited), state__in=UNDER_WAY, order__isnull=False)
    return under_way.exclude(order__status__in=OPEN).order_by("pk")


@transaction.atomic
def _end_with_order(pk: int, order_id: int) -> bool:
    order = order_if_free(order_id)
    if order is None or order.is_open:
        return False
    whistle = _left_over().filter(pk=pk).select_for_update(of=("self",)).first()
    if whistle is None:
        return False
    ended(whistle, WhistleState.CANCELLED, _("工单已结束"), SYSTEM)
    return True


@transaction.atomic
def _strike(pk: int) -> bool:
    """One step of one summons: locked in the order of everybody, looked at again by the database's clock."""
    order_id = Summons.objects.filter(pk=pk).values_list("whistle__order_id", flat=True).first()
    if order_id is not None:
        order = order_if_free(order_id)
        if order is None or not order.is_open:
            return order is not None and _over(pk)
    found = Summons.objects.filter(pk=pk, next_at__lte=clock.Now()).select_for_update(of=("self",), skip_locked=True)
    summons = found.first()
    if summons is None:
        return False
    whistle = Whistle.objects.select_related("community", "street", "district").get(pk=summons.whistle_id)
    now = clock.now()
    if whistle.state not in UNDER_WAY:
        summons.next_at = None
    elif summons.recalled_at is None:
        # However late the clock comes round, there is time to answer the reminder.
        summons.recalled_at, summons.next_at = now, max(summons.due_at, now) + GRACE
        call(whistle, [summons], f"due:{summons.pk}")
    else:
        summons.no_show_at, summons.next_at = now, None
        record(whistle, "no_show", SYSTEM, {"unit": summons.unit_id})
        _tell_the_whistler(whistle, summons)
    summons.save(update_fields=["recalled_at", "no_show_at", "next_at"])
    return True


def _over(pk: int) -> bool:
    """The order is over, and its lock held: the whistle ends with it, and whoever is still called is told so."""
    waiting = Whistle.objects.filter(summonses__pk=pk, summonses__next_at__isnull=False)
    whistle = waiting.select_for_update(of=("self",)).first()
    if whistle is None:
        return False
    if whistle.state in UNDER_WAY:
        ended(whistle, WhistleState.CANCELLED, _("工单已结束"), SYSTEM)
    else:
        whistle.summonses.update(next_at=None)
    return True


def _tell_the_whistler(whistle: Whistle, summons: Summons) -> None:
    send_notice(
        key=f"whistle:{whistle.pk}:no_show:{summons.pk}",
        kind="no_show",
        gravity="warn",
        facts={"unit_name": summons.unit.short_name} if summons.unit else {},
        units=[whistle.unit_id],
        url=address_of(whistle),
    )

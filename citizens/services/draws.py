"""Spot checks: drawn once a day and street, checked by somebody of another unit."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import CheckState, Draw, SpotCheck
from citizens.rules import draws as rules
from citizens.selectors.following import bound_orders
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from workorders.errors import NotIndependent
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.permissions import holds
from workorders.services import advance
from workorders.states import Status

SALT_BYTES = 32


def draw_day(*, day: dt.date, percent: int | None = None) -> list[Draw]:
    """Draw of each street's orders that were closed on ``day`` (local); a street that was drawn is left as it is.

    Raises Invalid for a day that is not over: its list could still grow.
    """
    now = timezone.localtime(clock.now())
    if day >= now.date():
        raise Invalid(fields={"day": [_("当天还没有结束")]})
    share = percent if percent is not None else settings.LIANQIN_SPOT_CHECK_PERCENT
    return [
        draw for street_id, orders in sorted(_closed_on(day).items())
        if (draw := draw_street(street_id, day, orders, share)) is not None
    ]  # fmt: skip


def yesterday() -> dt.date:
    """The last day that is over, local."""
    return timezone.localtime(clock.now()).date() - dt.timedelta(days=1)


def _closed_on(day: dt.date) -> dict[int, dict[str, int]]:
    """By street: number -> key of the orders that ended that day and are still closed."""
    since = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    found = WorkOrder.objects.filter(
        status=Status.CLOSED, ended_at__gte=since, ended_at__lt=since + dt.timedelta(days=1), street__isnull=False
    )
    streets: dict[int, dict[str, int]] = defaultdict(dict)
    for street_id, number, pk in found.values_list("street_id", "number", "pk"):
        assert street_id is not None
        streets[street_id][number] = pk
    return streets


@transaction.atomic
def draw_street(street_id: int, day: dt.date, orders: dict[str, int], percent: int) -> Draw | None:
    """Freeze the list, then draw the salt: both are committed together, or neither."""
    if Draw.objects.filter(street_id=street_id, day=day).exists():
        return None
    population = sorted(orders)
    frozen = rules.hash_of(population)
    salt = secrets.token_hex(SALT_BYTES)
    seed = rules.seed_of(frozen, salt)
    drawn = rules.drawn_of(population, seed, rules.size_of(len(population), percent))
    made = Draw(
        street_id=street_id, day=day, percent=percent, population=population, population_hash=frozen, salt=salt,
        seed=seed, drawn=drawn, at=clock.now(),
    )  # fmt: skip
    # Two at once: the second finds the first, and draws nothing.
    if not Draw.objects.bulk_create([made], ignore_conflicts=True) or not Draw.objects.filter(salt=salt).exists():
        return None
    draw = Draw.objects.get(salt=salt)
    SpotCheck.objects.bulk_create(SpotCheck(draw=draw, order_id=orders[number]) for number in drawn)
    return draw


def faults_of(draw: Draw) -> list[str]:
    """What does not follow from what was recorded; nothing if all does."""
    found = []
    if draw.population != sorted(set(draw.population)) or rules.hash_of(draw.population) != draw.population_hash:
        found.append("population_hash")
    if rules.seed_of(draw.population_hash, draw.salt) != draw.seed:
        found.append("seed")
    size = rules.size_of(len(draw.population), draw.percent)
    if rules.drawn_of(draw.population, draw.seed, size) != draw.drawn:
        found.append("drawn")
    checks = sorted(draw.checks.values_list("order__number", flat=True))
    if checks != sorted(draw.drawn):
        found.append("checks")
    return found


@transaction.atomic
def judge(*, check_id: int, passed: bool, found: str, by: Actor) -> SpotCheck:
    """Write down what a spot check found; one that failed reopens the order.

    Raises NotVisible, WrongState, NotAllowed, NotIndependent, Invalid.
    """
    order_id = SpotCheck.objects.filter(pk=check_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotVisible
    # The order first, as everybody: who erases it holds it and writes here.
    order = order_locked(order_id)
    check = SpotCheck.objects.select_for_update().get(pk=check_id)
    if check.state != CheckState.WAITING:
        raise WrongState(_("已经抽查过了"))
    refuse_dependent(order, by)
    if not found.strip() or len(found.strip()) > 500:
        raise Invalid(fields={"found": [_("请写明抽查情况，最多 500 个字")]})
    check.checker_id, check.found, check.at = by.user_id, found.strip(), clock.now()
    if order.status != Status.CLOSED:
        check.state = CheckState.OVERTAKEN
    elif passed:
        check.state = CheckState.PASSED
    else:
        check.state = CheckState.FAILED
        advance(order_id=order.pk, action="reopen", by=by, data={"reason": found.strip()})
    check.save()
    return check


def refuse_dependent(order: WorkOrder, by: Actor) -> None:
    """Whoever belongs to a unit that handled or verified the order may not check it. Raises NotAllowed."""
    if not holds(by, "checker", order):
        raise NotAllowed
    if order.pk in bound_orders([order.pk], by):
        raise NotIndependent(_("处置或核查过本工单的单位不能抽查，请由另一单位抽查"))

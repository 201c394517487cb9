"""Histories through the door: at random, and one in which every measure has its event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from insight.rules import SILENT
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError
from tests.insight.conftest import Desk, set_clock
from tests.workorders.conftest import HERE, NOWHERE, OTHER_STREET
from tests.workorders.listed import listed
from tests.workorders.machine import inputs
from tests.workorders.verbs import decided
from workorders import services as orders
from workorders.models import Request, WorkOrder
from workorders.services.offers import available_actions

PEOPLE = (
    *("street_dispatcher", "street_dispatcher2", "other_street_dispatcher", "district_dispatcher", "commander"),
    *("handler", "handler2", "district_handler", "grid_worker", "supervisor", "citizen", "community_officer"),
)


def anything(desk: Desk, seed: int, steps: int) -> None:
    """People do what is offered to them with a handful of orders, days go by and clocks fire."""
    random = Random(seed)
    for step in range(steps):
        if step % 6 == 0:
            lon, lat = random.choice([HERE, OTHER_STREET, NOWHERE])
            by = random.choice([desk.cast.citizen, desk.cast.street_dispatcher])
            desk.report(by=by, lon=lon, lat=lat, category=random.choice(["T01", "", "T03"]))
        known = list(WorkOrder.objects.order_by("-pk")[:10])
        order, other = random.choice(known), random.choice(known)
        actor = getattr(desk.cast, random.choice(PEOPLE))
        # What is silent is left out, so that something happens.
        offers = [each for each in available_actions(actor, order) if each.action not in SILENT or each.assignment_id]
        if offers:
            offer = random.choice(offers)
            data = inputs(offer.action, order, other, random.randrange(12), clock.now().date())
            attempt(orders.advance, order_id=order.pk, action=offer.action, by=actor, data=data)
        asked = Request.objects.filter(outcome="pending").exclude(kind="arbitration").first()
        if asked is not None and random.random() < 0.5:
            approver = getattr(desk.cast, random.choice(PEOPLE))
            attempt(orders.decide, request_id=asked.pk, approve=True, by=approver, answer="同意")
        if random.random() < 0.1:
            clock.shift(dt.timedelta(hours=random.choice([1, 7, 30])))
            orders.sweep()


def attempt(verb: Callable[..., object], **given: Any) -> None:
    """Refused is as good as done: both leave a history."""
    with suppress(DomainError):
        verb(**given)


def by_the_list(desk: Desk) -> None:
    """A list names the market squad: once it is followed, once not, and once an arbitration says that it was right."""
    listed(desk.categories["plain"], "market")
    here, market = desk.cast.street_dispatcher, desk.ground.market_squad.code
    followed = desk.do(desk.registered(), "dispatch", here, lead=market, assists=[])
    desk.dispatched()
    desk.do(followed, "return_assignment", desk.cast.handler2, reason="不属本单位职责")
    desk.do(followed, "contest_return", here, reason="清单写明由该所承办")
    desk.do(followed, "arbitrate", desk.cast.district_dispatcher, lead=market, assists=[], reason="按清单执行")


def everything_once(desk: Desk) -> None:
    """Every measure has its event somewhere in this history."""
    cast, do, ground = desk.cast, desk.do, desk.ground
    here, district = cast.street_dispatcher, cast.district_dispatcher
    citizen, waiting = desk.report(by=cast.citizen), desk.report(category="")
    do(citizen, "decline", here, reason="不属实")
    decided(desk, citizen, "street_dispatcher2")
    do(citizen, "contest", cast.citizen, reason="确有此事")
    do(desk.handling(), "return_assignment", cast.handler, reason="不属本单位职责")
    do(desk.submitted(), "rework", here, reason="未清理干净")
    site = do(desk.report(), "handle_on_site", cast.grid_worker, result="已劝离")
    do(site, "verify", here)
    do(desk.at_district(), "hand_down", district, street="320999001", reason="街道可办")
    long = desk.handling()
    do(long, "extend", here, workdays=1, reason="等待材料")
    decided(desk, long, "district_dispatcher")
    shelved = desk.registered()
    do(shelved, "shelve", here, reason="等待施工", review_on="2027-01-10")
    decided(desk, shelved, "district_dispatcher")
    do(desk.registered(), "merge", here, master=long.number, reason="同一事项")
    void = desk.registered()
    do(void, "void", here, reason="误报")
    decided(desk, void, "street_dispatcher2")
    lon, lat = OTHER_STREET
    do(desk.registered(), "relocate", here, lon=lon, lat=lat, reason="地址有误")
    closed = desk.closed()
    do(closed, "callback", here, reached=True, satisfied=True)
    do(closed, "reopen", cast.street_dispatcher2, reason="复发")
    above, late = desk.at_district(), desk.handling()
    above = do(above, "dispatch", district, lead=ground.urban_bureau.code, assists=[])
    above = do(above, "acknowledge", cast.district_handler)
    above = do(above, "submit_result", cast.district_handler, result="已清理完毕")
    do(above, "verify", district)
    set_clock("2027-01-06 10:00+08")
    do(waiting, "register", here, category="T01", conditions_confirmed=True)
    do(late, "submit_result", cast.handler, result="已清理完毕")
    do(late, "verify", here)
    by_the_list(desk)
    for _ in range(9):
        orders.sweep()
        clock.shift(dt.timedelta(days=1))

"""Calls on the page of an order: it leads to the three questions, and nobody is called without a number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.models.orders import CITIZEN_SOURCES
from workorders.permissions import holds
from workorders.registry import Panel, panel, takes_over
from workorders.states import RUNNING, Stage, Status


@dataclass(frozen=True, slots=True)
class Asked:
    """``address`` leads to the questions; empty where nobody can be called."""

    address: str


@takes_over("callback")
def is_citizen_s(order: WorkOrder) -> bool:
    """Who reported as a citizen is called from the desk's list of calls alone."""
    return order.source in CITIZEN_SOURCES


@panel("callback", place=6)
def beside(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """While a citizen waits to be called, to who may call."""
    if order.status != Status.CLOSED or order.archived_at is not None or not is_citizen_s(order):
        return None
    clocks = (each for each in order.timers.all() if each.stage == Stage.CALLBACK and each.state in RUNNING)
    if not any(clocks) or not holds(actor, "checker", order):
        return None
    contact = getattr(order, "contact", None)
    there = f"{reverse('desk:callbacks')}?number={order.number}"
    return Panel("citizens/panels/callback.html", Asked(there if contact is not None and contact.shown_phone else ""))

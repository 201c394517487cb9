"""Take one safeguard out of a process, to show that the judge sees what it holds back. Here only, never in the product.

``lock``: writers and sweepers read an order without ``FOR UPDATE``. ``recheck``: a sweeper fires what it had listed as
due without looking again. ``constraint`` (done in the database, see :mod:`benchmarks.engine.stage`) goes with ``lock``.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from typing import Any

VARIABLE = "FIRE_WITHOUT"
CHOICES = ("lock", "constraint", "recheck")


def remove(safeguard: str) -> None:
    """Replace the safeguard wherever it was imported."""
    if safeguard in ("lock", "constraint"):
        _remove_lock()
    elif safeguard == "recheck":
        sweep = importlib.import_module("workorders.services.sweep")
        _replace(sweep, "_is_due", lambda timer, work: True)
    elif safeguard:
        raise ValueError(f"no such safeguard: {safeguard}")


def _remove_lock() -> None:
    locks = importlib.import_module("workorders.locks")
    orders = importlib.import_module("workorders.models").WorkOrder.objects

    def order_locked(order_id: int) -> Any:
        order = orders.filter(pk=order_id).first()
        if order is None:
            raise locks.NotVisible
        return order

    def orders_locked(order_ids: Iterable[int]) -> dict[int, Any]:
        return {order.pk: order for order in orders.filter(pk__in=set(order_ids)).order_by("pk")}

    def order_if_free(order_id: int) -> Any:
        return orders.filter(pk=order_id).first()

    for replacement in (order_locked, orders_locked, order_if_free):
        name = replacement.__name__
        genuine = getattr(locks, name)
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith("workorders.") and vars(module).get(name) is genuine:
                _replace(module, name, replacement)


def _replace(module: Any, name: str, replacement: Any) -> None:
    if not hasattr(module, name):
        raise AttributeError(f"{module.__name__} has no {name}: the safeguard has moved, sabotage must follow it")
    setattr(module, name, replacement)

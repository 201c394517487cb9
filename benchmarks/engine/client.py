"""People at work: ``python -m benchmarks.engine.launch -m benchmarks.engine.client SEED PAUSE [REPORTS]``.

Each turn somebody of the cast does something that they may do, half of the time to an order whose clock is about to
run out. Only the platform's own refusals and a lost connection are expected; anything else ends up in the log. With
``REPORTS`` it only reports that many orders.
"""

from __future__ import annotations

import logging
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

from django.db import Error, connection
from django.db.utils import InterfaceError, OperationalError

from accounts.models import User
from benchmarks.engine.inputs import Inputs
from grids.selectors import actor_for
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from workorders import services
from workorders.models import Timer, WorkOrder
from workorders.permissions import is_visible
from workorders.services.offers import Offer, available_actions, decidable_requests
from workorders.states import OPEN, TimerState

logger = logging.getLogger("fire.client")
# Ways out of the loop are rarer than ways through it.
WEIGHTS = {"void": 0.05, "decline": 0.1, "withdraw": 0.05, "merge": 0.3, "comment": 0.1, "handle_on_site": 0.5}
WEIGHTS |= {"escalate": 0.3, "hand_down": 0.5, "relocate": 0.2, "shelve": 0.3, "reclassify": 0.3, "adjust": 0.3}
REPORT_SHARE = 0.12
NEXT_DUE = 12


class Client:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.inputs = Inputs(self.random)
        self.count: Counter[str] = Counter()
        users = User.objects.filter(memberships__isnull=False).distinct().order_by("pk")
        self.actors: list[Actor] = [actor_for(user) for user in users]

    def turn(self) -> None:
        """One thing by one person."""
        if self.random.random() < REPORT_SHARE:
            services.report(by=self.random.choice(self.actors), data=self.inputs.report())
            self.count["done"] += 1
            return
        order = self._pick()
        if order is None:
            return
        actor = self.random.choice(self._concerned(order))
        requests = decidable_requests(actor, order)
        if requests:
            approve = self.random.random() < 0.6
            services.decide(request_id=self.random.choice(requests).pk, approve=approve, by=actor, answer="已阅")
            self.count["done"] += 1
        elif offers := available_actions(actor, order):
            self._act(actor, order, offers)
            self.count["done"] += 1

    def _pick(self) -> WorkOrder | None:
        """Half of the time an order whose clock runs out next."""
        if self.random.random() < 0.5:
            due = Timer.objects.filter(state=TimerState.PENDING).order_by("next_at").values_list("order_id", flat=True)
            ids = list(due[:NEXT_DUE])
        else:
            ids = list(WorkOrder.objects.filter(status__in=OPEN).order_by("-id").values_list("pk", flat=True)[:200])
        return WorkOrder.objects.filter(pk=self.random.choice(ids)).first() if ids else None

    def _concerned(self, order: WorkOrder) -> list[Actor]:
        """Those who see it."""
        assignments = list(order.assignments.all())
        return [actor for actor in self.actors if is_visible(actor, order, assignments)]

    def _act(self, actor: Actor, order: WorkOrder, offers: list[Offer]) -> None:
        (offer,) = self.random.choices(offers, [WEIGHTS.get(each.action, 1.0) for each in offers])
        services.advance(
            order_id=order.pk,
            action=offer.action,
            by=actor,
            data=self.inputs.for_action(offer.action, order),
            seen_version=offer.version if self.random.random() < 0.7 else None,
            assignment_id=offer.assignment_id,
        )

    def attempt(self) -> None:
        """A turn, and what people do when it fails: they try something else."""
        try:
            self.turn()
        except DomainError as refusal:
            self.count[f"refused {refusal.status}"] += 1
        except (OperationalError, InterfaceError) as error:
            self.count["connection lost"] += 1
            logger.warning("connection lost: %s", str(error).splitlines()[0] if str(error) else "")
            connection.close()
            time.sleep(0.05)
        except Error:
            logger.exception("unexpected database error")
            self.count["unexpected"] += 1
            connection.close()


def report(seed: int, number: int) -> None:
    client = Client(seed)
    for _ in range(number):
        services.report(by=client.random.choice(client.actors), data=client.inputs.report())


def main(seed: int, pause: float) -> None:
    stopping: list[Any] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    client = None
    while client is None and not stopping:
        try:
            client = Client(seed)
        except (OperationalError, InterfaceError):
            connection.close()
    told = time.monotonic()
    while client is not None and not stopping:
        client.attempt()
        if time.monotonic() - told > 0.5:
            told = time.monotonic()
            print("COUNT", dict(client.count), flush=True)
        time.sleep(pause * client.random.random() * 2)
    if client is not None:
        print("COUNT", dict(client.count), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        report(int(sys.argv[1]), int(sys.argv[3]))
    else:
        main(int(sys.argv[1]), float(sys.argv[2]))

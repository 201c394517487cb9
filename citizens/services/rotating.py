"""Seal everything about people under the first key, so that the old ones can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model

from citizens.models import Contact
from citizens.services.contacts import CONTACTS
from lianqin.kernel.sealing import Seal, Unreadable
from relay.models import OutgoingMessage
from relay.services.letters import LETTERS
from workorders.models import ReporterContact
from workorders.services.contacts import REPORTERS

BATCH = 500
Progress = Callable[[int, int], None]
PLACES: tuple[tuple[type[Model], Seal], ...] = (
    (ReporterContact, REPORTERS),
    (Contact, CONTACTS),
    (OutgoingMessage, LETTERS),
)


@dataclass(slots=True)
class Rotated:
    """``lost``: no key of the settings opens them."""

    renewed: int = 0
    current: int = 0
    lost: int = 0


def rotate(progress: Progress) -> Rotated:
    """Batch by batch, each committed: cut off, the next run passes by what is sealed with the first key already."""
    found, done = Rotated(), 0
    total = sum(model._default_manager.exclude(sealed="").count() for model, _seal in PLACES)
    for model, seal in PLACES:
        for pks in _batches(model):
            with transaction.atomic():
                for row in model._default_manager.select_for_update().filter(pk__in=pks):
                    _renew(row, seal, found)
                    done += 1
            progress(done, total)
    return found


def _batches(model: type[Model]) -> Iterator[list[int]]:
    last = 0
    rows = model._default_manager.exclude(sealed="").order_by("pk")
    while pks := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield pks
        last = pks[-1]


def _renew(row: Model, seal: Seal, found: Rotated) -> None:
    sealed: str = getattr(row, "sealed")  # noqa: B009
    if seal.is_current(sealed):
        found.current += 1
        return
    try:
        names = {"sealed": seal.renew(sealed)}
        if isinstance(row, Contact):
            names["blind_index"] = seal.index(seal.open(sealed))
    except Unreadable:
        found.lost += 1
        return
    type(row)._default_manager.filter(pk=row.pk).update(**names)
    found.renewed += 1

"""Seal all that is sealed under the first key, so that the old ones can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model, QuerySet

from citizens.models import BatchRow, Contact, IntakeKey, IntakeMessage, Tip
from citizens.services.contacts import CONTACTS
from citizens.services.seals import CONTENTS, SECRETS
from citizens.services.tips import TIPS
from grids.models import TileLayer
from lianqin.kernel.sealing import Seal, Unreadable
from relay.models import Channel, OutgoingMessage
from relay.services.letters import LETTERS
from relay.transports.sealing import CHANNELS
from workorders.models import ReporterContact
from workorders.services.contacts import REPORTERS

BATCH = 500
Progress = Callable[[int, int], None]


class Place(NamedTuple):
    model: type[Model]
    column: str
    seal: Seal


PLACES = (
    Place(ReporterContact, "sealed", REPORTERS),
    Place(Contact, "sealed", CONTACTS),
    Place(OutgoingMessage, "sealed", LETTERS),
    Place(Tip, "sealed", TIPS),
    Place(IntakeMessage, "sealed_raw", CONTENTS),
    Place(IntakeMessage, "sealed_fields", CONTENTS),
    Place(BatchRow, "sealed", CONTENTS),
    Place(IntakeKey, "sealed", SECRETS),
    Place(Channel, "sealed", CHANNELS),
    Place(TileLayer, "key_sealed", CHANNELS),
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
    total = sum(_sealed(place).count() for place in PLACES)
    for place in PLACES:
        for pks in _batches(place):
            with transaction.atomic():
                for row in place.model._default_manager.select_for_update().filter(pk__in=pks):
                    _renew(row, place, found)
                    done += 1
            progress(done, total)
    return found


def _sealed(place: Place) -> QuerySet[Any]:
    return place.model._default_manager.exclude(**{place.column: ""})


def _batches(place: Place) -> Iterator[list[int]]:
    last = 0
    rows = _sealed(place).order_by("pk")
    while pks := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield pks
        last = pks[-1]


def _renew(row: Model, place: Place, found: Rotated) -> None:
    sealed: str = getattr(row, place.column)
    if place.seal.is_current(sealed):
        found.current += 1
        return
    try:
        names = {place.column: place.seal.renew(sealed)}
        if isinstance(row, Contact):
            names["blind_index"] = place.seal.index(place.seal.open(sealed))
    except Unreadable:
        found.lost += 1
        return
    type(row)._default_manager.filter(pk=row.pk).update(**names)
    found.renewed += 1

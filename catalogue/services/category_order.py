"""In which order people see the matters."""

from __future__ import annotations

from django.db import transaction

from accounts.services import audit
from catalogue.models import Category
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible


@transaction.atomic
def move_matter(*, code: str, up: bool, by: Actor) -> Category:
    """Let a category change places with its neighbour of the same class. At the end nothing happens.

    Raise NotAllowed, NotVisible.
    """
    if not can(by, Action.EDIT_CATEGORIES):
        raise NotAllowed
    touch()
    moved = Category.objects.select_for_update(no_key=True, of=("self",)).filter(code=code).first()
    if moved is None:
        raise NotVisible
    row = list(
        Category.objects.select_for_update(no_key=True, of=("self",))
        .filter(parent=moved.parent_id)
        .order_by("order", "code")
    )
    place = next(index for index, each in enumerate(row) if each.pk == moved.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(row):
        return moved
    orders = sorted(each.order for each in row)
    if len(set(orders)) < len(orders):  # Files may have given the same place twice.
        orders = list(range(orders[0], orders[0] + len(orders)))
    row[place], row[other] = row[other], row[place]
    for each, order in zip(row, orders, strict=True):
        each.order = order
    Category.objects.bulk_update(row, ["order"])
    audit(
        actor_id=by.user_id, action="catalogue.category_moved", object_label=f"{moved.code} {moved.name}",
        detail={"before": place + 1, "after": other + 1},
    )  # fmt: skip
    return row[other]

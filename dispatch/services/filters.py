"""Writes of saved filters: everybody keeps their own, and may share them with their unit."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import SavedFilter
from dispatch.rules.filters import LONGEST_NAME, MOST, tidy
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid


@transaction.atomic
def save_filter(*, name: str, query: str, shared: bool = False, by: Actor) -> SavedFilter:
    """Keep a view of the queue under a name. Raises NotAllowed without a post, Invalid."""
    if by.user_id is None or not by.posts:
        raise NotAllowed
    kept = tidy(query)
    if not kept:
        raise Invalid(fields={"query": [_("请先选择筛选条件，再保存")]})
    own = SavedFilter.objects.filter(owner_id=by.user_id)
    if own.count() >= MOST:
        raise Invalid(fields={"name": [_("最多保存 %d 个，请先删除不用的") % MOST]})
    last = own.aggregate(last=Max("position"))["last"] or 0
    return _stored(
        SavedFilter(
            owner_id=by.user_id, name=_name(name), query=kept, unit_id=_unit(by) if shared else None, position=last + 1
        )
    )


@transaction.atomic
def change_filter(*, filter_id: int, name: str | None = None, shared: bool | None = None, by: Actor) -> SavedFilter:
    """Rename one's own, share it or keep it to oneself. Raises NotVisible, Invalid."""
    kept = _own(filter_id, by)
    if name is not None:
        kept.name = _name(name)
    if shared is not None:
        kept.unit_id = _unit(by) if shared else None
    return _stored(kept)


@transaction.atomic
def remove_filter(*, filter_id: int, by: Actor) -> None:
    """Forget one of one's own, for everybody whom it was shared with. Raises NotVisible."""
    _own(filter_id, by).delete()


@transaction.atomic
def arrange_filters(*, filter_ids: Sequence[int], by: Actor) -> None:
    """Put one's own into this sequence; those not named keep theirs behind it. Raises NotVisible."""
    own = {each.pk: each for each in SavedFilter.objects.select_for_update().filter(owner_id=by.user_id)}
    if not set(filter_ids) <= own.keys():
        raise NotVisible
    wanted = [*dict.fromkeys(filter_ids), *(pk for pk in own if pk not in filter_ids)]
    for position, pk in enumerate(wanted, start=1):
        own[pk].position = position
    SavedFilter.objects.bulk_update(own.values(), ["position"])


def _own(filter_id: int, by: Actor) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(pk=filter_id, owner_id=by.user_id).first()
    if found is None:
        raise NotVisible
    return found


def _name(name: str) -> str:
    text = " ".join(name.replace("\x00", "").split())
    if not text or len(text) > LONGEST_NAME:
        raise Invalid(fields={"name": [_("请填写名称，不超过 %d 个字") % LONGEST_NAME]})
    return text


def _unit(by: Actor) -> int:
    unit = next((post.unit_id for post in by.posts if post.unit_id is not None), None)
    if unit is None:
        raise Invalid(fields={"shared": [_("您不在任何单位，不能共享")]})
    return unit


def _stored(row: SavedFilter) -> SavedFilter:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as refusal:
        raise Invalid(fields={"name": [_("已有同名的常用筛选")]}) from refusal
    return row

"""Many elements at once: rows of a file, and the grids of all after the ground changed. Sets, never single rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed

from ..errors import ElementFault
from ..ground import ground, look_again
from ..models import AttentionRecord, Camera, Element, ElementType
from ..permissions import Action, can
from .placing import read_placed, spelled

AT_ONCE = 2000
CHANGED = ("type", "name", "pinyin", "lon", "lat", "grid", "address", "fields", "key", "active", "updated_at")


@dataclass(slots=True)
class Put:
    """How many rows were new, changed or the same."""

    new: int = 0
    changed: int = 0
    same: int = 0


@transaction.atomic
def put_elements(*, rows: Sequence[Mapping[str, Any]], by: Actor, synthetic: bool = False) -> Put:
    """Write many elements, found by their codes: ``type`` by code, fields under ``fields``. All or nothing.

    Raise NotAllowed; ElementFault with ``rows``: place in the sequence (from 0) to faults by field.
    """
    if not can(by, Action.EDIT_ELEMENTS):
        raise NotAllowed
    types = {each.code: each for each in ElementType.objects.filter(sensitive=False, active=True)}
    done = Put()
    # In the order of types, as the counts are locked.
    order = sorted(range(len(rows)), key=lambda place: str(rows[place].get("type")))
    seen: set[str] = set()
    for start in range(0, len(rows), AT_ONCE):
        _put(rows, order[start : start + AT_ONCE], types, seen, done, synthetic)
    by_type = Counter(str(row.get("type")) for row in rows)
    detail = {"new": done.new, "changed": done.changed, "same": done.same, "types": dict(by_type)}
    audit(actor_id=by.user_id, action="grids.elements_put", object_label=_("要素 %d 条") % len(rows), detail=detail)
    return done


def _put(
    rows: Sequence[Mapping[str, Any]],
    places: Sequence[int],
    types: Mapping[str, ElementType],
    seen: set[str],
    done: Put,
    synthetic: bool,
) -> None:
    codes = [str(rows[place].get("code") or "").strip() for place in places]
    kept = {each.code: each for each in Element.objects.filter(code__in=codes).defer("search").select_for_update()}
    faults: dict[int, dict[str, list[str]]] = {}
    new: list[Element] = []
    changed: list[Element] = []
    for place, code in zip(places, codes, strict=True):
        try:
            made = _made(rows[place], code, kept.get(code), types, seen)
        except ElementFault as fault:
            faults[place] = {name: [str(text) for text in texts] for name, texts in fault.fields.items()}
            continue
        if made is None:
            done.same += 1
        else:
            (changed if made.pk else new).append(made)
    if faults:
        raise ElementFault(rows=faults)
    _write(new, changed, synthetic)
    done.new, done.changed = done.new + len(new), done.changed + len(changed)


def _made(
    row: Mapping[str, Any], code: str, kept: Element | None, types: Mapping[str, ElementType], seen: set[str]
) -> Element | None:
    """The element to write; None if it is so already."""
    of = types.get(str(row.get("type") or ""))
    if of is None:
        raise ElementFault(fields={"type": [_("没有这个要素类型，或已停用")]})
    if not code:
        raise ElementFault(fields={"code": [_("请填写编码")]})
    if code in seen:
        raise ElementFault(fields={"code": [_("编码重复")]})
    seen.add(code)
    before = {name: getattr(kept, name) for name in ("name", "address", "lon", "lat", "key", "fields")} if kept else {}
    values = read_placed(of, row, before, of.definitions)
    active = bool(row.get("active", True))
    if kept is None:
        return Element(type=of, active=active, pinyin=spelled(values["name"]), **values)
    same = kept.type_id == of.pk and kept.active == active and all(before[name] == values[name] for name in before)
    if same:
        return None
    kept.type, kept.active, kept.pinyin = of, active, spelled(values["name"])
    for name in before:
        setattr(kept, name, values[name])
    return kept


def _write(new: list[Element], changed: list[Element], synthetic: bool) -> None:
    both = [*new, *changed]
    for element, grid_id in zip(both, grids_at([(each.lon, each.lat) for each in both]), strict=True):
        element.grid_id = grid_id
    for element in new:
        element.synthetic = synthetic
    Element.objects.bulk_create(new)
    for element in changed:
        element.updated_at = Now()
    Element.objects.bulk_update(changed, CHANGED, batch_size=500)


def grids_at(points: Sequence[tuple[float, float]]) -> list[int | None]:
    """The grid of each point (lon, lat); of several that touch it the one with the lowest code."""
    return ground().grids_at(points)


PLACED: Mapping[str, type[Element | AttentionRecord | Camera]] = {
    "grids_element": Element,
    "grids_attentionrecord": AttentionRecord,
    "grids_camera": Camera,
}
MOVE = """
UPDATE {table} SET grid_id = told.grid_id FROM unnest(%s::bigint[], %s::bigint[]) AS told (id, grid_id)
WHERE {table}.id = told.id AND {table}.grid_id IS DISTINCT FROM told.grid_id
"""
READ_AT_ONCE = 20_000


@transaction.atomic
def relocate_elements() -> dict[str, int]:
    """Put everything that has a place into the grid that holds it now; return how many moved, by table.

    Safe to repeat, and to run beside edits: each batch is locked while it is looked at. What has no place any more,
    an erased record, stays in its grid.
    """
    # It is asked the moment that the ground changed, which this process may not have seen yet.
    look_again()
    return {table: sum(_relocate(table, ids) for ids in _batches(model)) for table, model in PLACED.items()}


def _batches(model: type[Element | AttentionRecord | Camera]) -> Iterable[tuple[int, int]]:
    bounds = model._default_manager.order_by("pk").values_list("pk", flat=True)
    first, last = bounds.first(), bounds.last()
    if first is None or last is None:
        return []
    return ((start, start + READ_AT_ONCE) for start in range(first, last + 1, READ_AT_ONCE))


def _relocate(table: str, ids: tuple[int, int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, lon, lat, grid_id FROM {table} WHERE id >= %s AND id < %s AND (lon, lat) <> (0, 0)"
            " ORDER BY id FOR NO KEY UPDATE",
            ids,
        )
        rows = cursor.fetchall()
        now = grids_at([(lon, lat) for _pk, lon, lat, _grid in rows])
        moved = [(row[0], grid) for row, grid in zip(rows, now, strict=True) if row[3] != grid]
        if moved:
            cursor.execute(MOVE.format(table=table), [[pk for pk, _grid in moved], [grid for _pk, grid in moved]])
    return len(moved)


@transaction.atomic
def drop_elements(*, codes: Sequence[str], by: Actor) -> int:
    """Delete elements that an import has just brought. Raise NotAllowed."""
    if not can(by, Action.EDIT_ELEMENTS):
        raise NotAllowed
    number = Element.objects.filter(code__in=codes).delete()[0]
    audit(actor_id=by.user_id, action="grids.elements_dropped", object_label=_("要素 %d 条") % number)
    return number

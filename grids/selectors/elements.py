"""Elements: the types, the table, one of them, and what stands in a viewport."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet, Sum

from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible

from ..models import Element, ElementTile, ElementType, Grid

PLACE_PATHS = {
    15: "grid__code",
    12: "grid__community__code",
    9: "grid__community__street__code",
    6: "grid__community__street__district__code",
}


@dataclass(frozen=True, slots=True)
class ElementFilter:
    """What of the elements is wanted. Empty means all; ``place`` is the code of a division, ``fields`` exact values."""

    types: tuple[str, ...] = ()
    layer: str = ""
    q: str = ""
    key: bool = False
    place: str = ""
    outside: bool = False
    retired: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def narrow(self) -> bool:
        """Whether the counts by square, which know types and key elements only, cannot answer."""
        return bool(self.q or self.place or self.outside or self.fields or self.retired)


def may_see_elements(actor: Actor) -> bool:
    """Staff with a post, and the officers who configure. Citizens and platforms do not."""
    return bool(actor.posts) or actor.officer in ("sysadmin", "secadmin")


def element_types(*, sensitive: bool | None = False, active: bool | None = True) -> QuerySet[ElementType]:
    found = ElementType.objects.all()
    if sensitive is not None:
        found = found.filter(sensitive=sensitive)
    return found if active is None else found.filter(active=active)


def element_counts() -> dict[int, tuple[int, int]]:
    """Elements in use by type: all, and key ones. One query over a handful of rows, however many there are."""
    counts: dict[int, tuple[int, int]] = {}
    rows = ElementTile.objects.filter(level=0).values_list("type_id", "key").annotate(n=Sum("number"))
    for type_id, key, number in rows:
        every, important = counts.get(type_id, (0, 0))
        counts[type_id] = (every + number, important + number * key)
    return counts


def wanted_types(asked: ElementFilter, known: Sequence[ElementType]) -> list[int] | None:
    """Keys of the types that are asked for; None for all. An unknown type is none of them."""
    if not asked.types and not asked.layer:
        return None
    return [
        each.pk
        for each in known
        if (not asked.types or each.code in asked.types) and (not asked.layer or each.layer == asked.layer)
    ]


def elements(asked: ElementFilter) -> QuerySet[Element]:
    """Elements in the order of codes, type and grid loaded."""
    found = Element.objects.filter(condition(asked)).select_related("type", "grid__community")
    return found.defer("search", "grid__boundary", "grid__community__boundary").order_by("code")


def condition(asked: ElementFilter) -> Q:
    where = Q(active=not asked.retired)
    if asked.types:
        where &= Q(type__code__in=asked.types)
    if asked.layer:
        where &= Q(type__layer=asked.layer)
    if asked.key:
        where &= Q(key=True)
    if asked.outside:
        where &= Q(grid=None)
    if asked.place:
        # Their keys first: joined to the elements, the database would take them for a handful and walk.
        path = PLACE_PATHS.get(len(asked.place), "grid__code").removeprefix("grid__")
        where &= Q(grid_id__in=list(Grid.objects.filter(**{path: asked.place}).values_list("pk", flat=True)))
    if asked.fields:
        where &= Q(fields__contains=dict(asked.fields))
    return where & sought(asked.q)


def sought(text: str) -> Q:
    """Every word is in the code, the name, its pinyin or the address: by pairs of characters, then as it was typed."""
    where = Q()
    for word in text.lower().split():
        pairs = {word[at : at + 2] for at in range(max(len(word) - 1, 1))}
        lexemes = [_lexeme(pair) + (":*" if len(pair) == 1 else "") for pair in sorted(pairs)]
        where &= Q(search=SearchQuery(" & ".join(lexemes), search_type="raw", config="simple"))
        if len(word) > 2:
            held = Q()
            for column in ("name", "pinyin", "code", "address"):
                held |= Q(**{f"{column}__{'icontains' if re.search('[a-z]', word) else 'contains'}": word})
            where &= held
    return where


def _lexeme(pair: str) -> str:
    return "'" + pair.replace("\\", "\\\\").replace("'", "''") + "'"


def element(code: str) -> Element:
    """One element, retired or not. Raise NotVisible."""
    loaded = Element.objects.select_related("type", "grid__community__street")
    shapes = ("grid__boundary", "grid__community__boundary", "grid__community__street__boundary")
    found = loaded.defer("search", *shapes).filter(code=code).first()
    if found is None:
        raise NotVisible
    return found

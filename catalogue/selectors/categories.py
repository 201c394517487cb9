"""The tree of matters, and one matter, as this process remembers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, ForeignObjectRel, Q

from catalogue.models import Category
from catalogue.revisions import Remembered

LEAF = 2


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A class with its matters, or a matter, which has no children."""

    id: int
    code: str
    name: str
    level: int
    pinyin: str
    registration_conditions: tuple[str, ...]
    closing_conditions: tuple[str, ...]
    evidence_required: bool
    vertical: bool
    public: bool
    urgency: str
    deadline_class: str
    street_function: str
    district_function: str
    illustrative: bool
    children: tuple[CategoryNode, ...] = ()


def category_tree() -> tuple[CategoryNode, ...]:
    """Return the active classes with their matters, in order. One query when cold, none when warm; do not change it."""
    return _tree.get()


def category_node(category_id: int) -> CategoryNode | None:
    """Return one matter or class from the remembered tree."""
    return _by_id.get().get(category_id)


def known_category(category_id: int) -> Category | None:
    """Return a category, active or not, as this process remembers it; shared by all, so do not change it."""
    return _rows.get().get(category_id)


def matter_by_code(code: str) -> Category | None:
    """Return the matter of that code, active or not, as this process remembers it; do not change it."""
    return next((row for row in _rows.get().values() if row.code == code and row.level == LEAF), None)


def matters_of(codes: Iterable[str]) -> list[int]:
    """Return the keys of what is named, active or not; a class stands for its matters, too."""
    named = set(codes)
    rows = _rows.get()
    return [pk for pk, row in rows.items() if row.code in named or _class_code(rows, row) in named]


def _class_code(rows: Mapping[int, Category], row: Category) -> str | None:
    return rows[row.parent_id].code if row.parent_id is not None else None


def public_matters() -> list[int]:
    """Return the keys of the matters, active or not, of which everybody is told."""
    return [pk for pk, row in _rows.get().items() if row.public and row.level == LEAF]


def leaf_categories() -> tuple[CategoryNode, ...]:
    """Return the matters that an order may carry."""
    return tuple(leaf for node in category_tree() for leaf in node.children)


def _load_tree() -> tuple[CategoryNode, ...]:
    children: dict[int, list[CategoryNode]] = {}
    classes: list[Category] = []
    for row in Category.objects.filter(active=True).order_by("order", "code"):
        if row.parent_id is None:
            classes.append(row)
        else:
            children.setdefault(row.parent_id, []).append(_node(row))
    return tuple(_node(row, tuple(children.get(row.pk, ()))) for row in classes)


def _node(row: Category, children: tuple[CategoryNode, ...] = ()) -> CategoryNode:
    return CategoryNode(
        id=row.pk,
        code=row.code,
        name=row.name,
        level=row.level,
        pinyin=row.pinyin,
        registration_conditions=tuple(row.registration_conditions),
        closing_conditions=tuple(row.closing_conditions),
        evidence_required=row.evidence_required,
        vertical=row.vertical,
        public=row.public,
        urgency=row.urgency,
        deadline_class=row.deadline_class,
        street_function=row.street_function,
        district_function=row.district_function,
        illustrative=row.illustrative,
        children=children,
    )


_tree = Remembered(_load_tree)
_rows = Remembered(lambda: {row.pk: row for row in Category.objects.all()})
_by_id = Remembered(lambda: {node.id: node for top in category_tree() for node in (top, *top.children)})


def is_named(category: Category) -> bool:
    """Whether anything points at it: an order, a rule, a line of any list, a matter of the class. One query."""
    pointing = (
        Exists(relation.related_model._base_manager.filter(**{relation.field.name: category.pk}))
        for relation in Category._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
    )
    return Category.objects.filter(reduce(or_, map(Q, pointing)), pk=category.pk).exists()

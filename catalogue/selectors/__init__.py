"""Reads of the catalogue."""

from .calendars import open_recomputations
from .categories import (
    CategoryNode,
    category_node,
    category_tree,
    known_category,
    leaf_categories,
    matter_by_code,
    matters_of,
)
from .responsibilities import default_unit_id, open_proposals

__all__ = [
    "CategoryNode",
    "category_node",
    "category_tree",
    "default_unit_id",
    "known_category",
    "leaf_categories",
    "matter_by_code",
    "matters_of",
    "open_proposals",
    "open_recomputations",
]

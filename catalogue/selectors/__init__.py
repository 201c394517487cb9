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
from .responsible import Answer, Spot, responsible, spot_of_place, spot_of_point

__all__ = [
    "Answer",
    "CategoryNode",
    "Spot",
    "category_node",
    "category_tree",
    "default_unit_id",
    "known_category",
    "leaf_categories",
    "matter_by_code",
    "matters_of",
    "open_proposals",
    "open_recomputations",
    "responsible",
    "spot_of_place",
    "spot_of_point",
]

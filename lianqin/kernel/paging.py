"""Pages of lists that may be very long."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than a person would turn pages; ``is_cut`` says that there may be more."""

    def __init__(self, found: Any, per_page: int, *, most: int | None = None) -> None:
        super().__init__(found, per_page)
        self.most = most or MOST_COUNTED

    @cached_property
    def count(self) -> int:
        found: Any = self.object_list
        return int(found.order_by()[: self.most].count())

    @property
    def is_cut(self) -> bool:
        return self.count >= self.most

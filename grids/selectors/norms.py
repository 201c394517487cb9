"""The norms of grids, as they are set or as they come."""

from __future__ import annotations

from ..models import GridNorm, Setting
from ..rules import DEFAULT_NORMS, Norm


def norms() -> dict[str, Norm]:
    """The norm of each setting; where the district decided nothing, the default. One query."""
    held = {
        row.setting: Norm(row.households_min, row.households_max, row.people_min, row.people_max)
        for row in GridNorm.objects.all()
    }
    return {setting: held.get(setting, DEFAULT_NORMS[setting]) for setting in Setting.values}

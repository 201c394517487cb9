"""How large a grid should be, as the district decides it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed

from ..errors import NormFault
from ..models import GridNorm, Setting
from ..permissions import Action, can
from ..rules import DEFAULT_NORMS, Norm

MOST = 1_000_000


@transaction.atomic
def set_norms(*, norms: Mapping[str, Norm], by: Actor) -> None:
    """Set the norm of each setting told. Raise NotAllowed, NormFault with fields such as ``urban-households_max``."""
    if not can(by, Action.EDIT_GROUND):
        raise NotAllowed
    _require_order(norms)
    held = {row.setting: row for row in GridNorm.objects.select_for_update()}
    before = {setting: _norm_of(held[setting]) if setting in held else DEFAULT_NORMS[setting] for setting in norms}
    changed = {setting: norm for setting, norm in norms.items() if norm != before[setting]}
    for setting, norm in changed.items():
        GridNorm.objects.update_or_create(setting=setting, defaults=norm._asdict())
    if changed:
        audit(
            actor_id=by.user_id,
            action="grids.norms_changed",
            object_label="、".join(str(Setting(setting).label) for setting in changed),
            detail={
                "before": {f"{s}-{name}": value for s in changed for name, value in before[s]._asdict().items()},
                "after": {f"{s}-{name}": value for s in changed for name, value in changed[s]._asdict().items()},
            },
        )


def _norm_of(row: GridNorm) -> Norm:
    return Norm(row.households_min, row.households_max, row.people_min, row.people_max)


def _require_order(norms: Mapping[str, Norm]) -> None:
    faults: dict[str, list[str]] = {}
    for setting, norm in norms.items():
        for what, least, most in (
            ("households", norm.households_min, norm.households_max),
            ("people", norm.people_min, norm.people_max),
        ):
            if not 0 < least <= most <= MOST:
                faults[f"{setting}-{what}_max"] = [_("下限应大于 0，上限不小于下限")]
    if faults:
        raise NormFault(fields=faults)

"""A re-division in the making and one that waits for approval, so that their pages have something to show."""

from __future__ import annotations

from accounts.models import Officer, User
from lianqin.kernel.actors import Actor, ActorKind

from ..boundaries import polygon_of
from ..models import Community, GroundPlan
from ..services import draft_plan, split_grid, submit_plan

DRAFTED, WAITING = "320111004", "320111001"  # The first community of each street.
MARGIN = 0.001  # Degrees: a line that divides begins and ends outside.


def write_plans() -> None:
    """Divide the grid with the most households of two communities, as the system administrator would."""
    officer = User.objects.filter(officer=Officer.SYSADMIN).first()
    if officer is None:
        return
    by = Actor(kind=ActorKind.PERSON, name=str(officer), user_id=officer.pk, officer=officer.officer)
    _divided(DRAFTED, by)
    waiting = _divided(WAITING, by)
    submit_plan(plan_id=waiting.pk, version=waiting.version, by=by)


def _divided(street: str, by: Actor) -> GroundPlan:
    community = Community.objects.filter(street__code=street).order_by("code")[0]
    title = f"{community.short_name}网格拆分"
    plan = draft_plan(title=title, communities=[community.code], by=by, synthetic=True)
    large = plan.grids.order_by("-households", "code")[0]
    west, south, east, north = polygon_of(large.boundary or {}).bounds
    middle = (west + east) / 2
    line = {"type": "LineString", "coordinates": [[middle, south - MARGIN], [middle, north + MARGIN]]}
    return split_grid(plan_id=plan.pk, version=plan.version, code=large.code, line=line, by=by, keep_code=True).plan

from grids import services
from tests.workorders.conftest import Desk

PLANS = "/api/v1/setup/ground-plans/"
HISTORY = "/api/v1/ground/history/?lon=118.605&lat=32.055&on=2026-06-01"
FIGURES = {
    "api setup-ground-plans": (PLANS, "sysadmin", 4),
    "api setup-ground-plan": (PLANS + "{ground_plan}/", "sysadmin", 13),
    "api setup-ground-plan-preview": (PLANS + "{ground_plan}/preview/", "sysadmin", 16),
    "api ground-history": (HISTORY, "street_dispatcher", 4),
    "api ground-versions": ("/api/v1/ground/versions/?code=320999001001001", "street_dispatcher", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    """One plan of a street."""
    plan = services.draft_plan(title="东街调整", streets=["320999001"], by=desk.cast.sysadmin)
    return {"ground_plan": str(plan.pk)}

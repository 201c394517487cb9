"""Lists, matters and the proof; one line of a draft and who is responsible by an answer."""

from __future__ import annotations

from catalogue.services.responsibility_lists import ItemTold, draft_responsibilities, put_responsibilities
from tests.workorders.conftest import Desk


def prepare(desk: Desk) -> dict[str, str]:
    draft = draft_responsibilities(name="草稿", by=desk.cast.sysadmin)
    line = ItemTold("1.1.1", "占道经营", "appearance", "T01", "street", lead="market")
    (row,) = put_responsibilities(version_id=draft.pk, items=[line], by=desk.cast.sysadmin)
    return {"list": str(draft.pk), "line": str(row.pk)}


FIGURES = {
    "page categories": ("/configuration/categories/", "sysadmin", 3),
    "page category-new": ("/configuration/categories/new/", "sysadmin", 3),
    "page category": ("/configuration/categories/T01/", "sysadmin", 7),
    "page responsibilities": ("/configuration/responsibilities/", "sysadmin", 3),
    "page responsibility-who": ("/configuration/responsibilities/who/", "sysadmin", 2),
    "page responsibility-proposals": ("/configuration/responsibilities/proposals/", "sysadmin", 3),
    "page responsibility-versions": ("/configuration/responsibilities/versions/", "sysadmin", 3),
    "page responsibility-draft": ("/configuration/responsibilities/versions/{list}/?item={line}", "sysadmin", 9),
    "page responsibility-compare": ("/configuration/responsibilities/versions/{list}/compare/", "sysadmin", 4),
    "page responsibility-who by grid": (
        "/configuration/responsibilities/who/?category=T01&grid=320999001001001",
        "sysadmin",
        4,
    ),
    "page preflight": ("/configuration/preflight/", "sysadmin", 3),
    "api responsible": ("/api/v1/responsible/?category=T01&lon=118.605&lat=32.055", "grid_worker", 3),
    "api setup-lists": ("/api/v1/setup/lists/", "sysadmin", 3),
    "api setup-list": ("/api/v1/setup/lists/{list}/", "sysadmin", 9),
    "api setup-proposals": ("/api/v1/setup/proposals/", "sysadmin", 3),
    "api setup-matters": ("/api/v1/setup/matters/", "sysadmin", 3),
    "api setup-preflight": ("/api/v1/setup/preflight/", "sysadmin", 3),
}

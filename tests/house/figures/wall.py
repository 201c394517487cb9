from django.core.cache import cache

from tests.workorders.conftest import Desk

# Who looks first pays for everybody: what was computed a moment ago costs the place alone.
FIGURES = {
    "api wall": ("/api/v1/wall/", "commander", 4),
    "page wall": ("/wall/?street=320999001", "commander", 5),
}


def prepare(desk: Desk) -> dict[str, str]:
    desk.handling()
    cache.clear()
    return {}

from __future__ import annotations

from citizens.models import StatisticsMonth
from citizens.seeding.open_data import seed_months
from tests.workorders.conftest import Desk

FIGURES = {
    "page statistics": ("/citizen/statistics/?month={a_month}&street=320999001", "citizen", 4),
    "page statistics-package": ("/citizen/statistics/datapackage.json", "citizen", 4),
    "page statistics-data": ("/citizen/statistics/{a_month}.csv", "citizen", 4),
    "page feeds": ("/citizen/feeds/", "citizen", 3),
    "page street-closed": ("/citizen/feeds/320999001/", "citizen", 4),
    "page feed": ("/citizen/feeds/320999001.rss", "citizen", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    for each in desk.categories.values():
        each.public = True
        each.save()
    desk.closed()
    seed_months(2)
    return {"a_month": f"{StatisticsMonth.objects.latest('month').month:%Y-%m}"}

import datetime as dt

from dispatch.services.whistles import raise_whistle
from lianqin.kernel import clock
from tests.workorders.conftest import Desk

FIGURES = {
    "page whistles": ("/whistles/", "street_dispatcher", 11),
    "page whistle": ("/whistles/{whistle}/", "handler", 8),
    "page whistle-new": ("/whistles/new/", "street_dispatcher", 7),
    "api whistles": ("/api/v1/whistles/", "handler", 6),
    "api whistle": ("/api/v1/whistles/{whistle}/", "handler", 5),
    "api whistle-arrivals": ("/api/v1/whistles/arrivals/", "street_dispatcher", 5),
}


def prepare(desk: Desk) -> dict[str, str]:
    order = desk.handling()
    row = raise_whistle(
        kind="community", order_number=order.number, units=[desk.ground.urban_squad.code],
        due_at=clock.now() + dt.timedelta(hours=1), by=desk.cast.street_dispatcher,
    )  # fmt: skip
    return {"whistle": str(row.pk)}

"""What the desk of a dispatcher reads."""

from dispatch import services
from tests.workorders.conftest import Desk

FIGURES = {
    "page filters": ("/orders/filters/", "street_dispatcher", 5),
    "api saved-filters": ("/api/v1/saved-filters/", "street_dispatcher", 4),
    "api work-order-batch-dispatch": (
        "/api/v1/work-orders/batch/dispatch/?number={first}&number={second}",
        "street_dispatcher",
        7,
    ),
}


def prepare(desk: Desk) -> dict[str, str]:
    services.save_filter(name="夜间油烟", query="q=油烟", by=desk.cast.street_dispatcher)
    return {"first": desk.registered().number, "second": desk.report().number}

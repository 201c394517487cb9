"""What the reads of advice and of its quality ask."""

from tests.workorders.conftest import Desk

FIGURES = {
    "page suggestions": ("/suggestions/", "commander", 12),
    "api suggestion-quality": ("/api/v1/suggestions/quality/", "commander", 9),
    "api suggestion-corrections": ("/api/v1/suggestions/corrections/", "commander", 5),
    "api work-order-advice": ("/api/v1/work-orders/{advised}/advice/", "street_dispatcher", 7),
}


def prepare(desk: Desk) -> dict[str, str]:
    return {"advised": desk.registered().number}

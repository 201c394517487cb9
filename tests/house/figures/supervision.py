"""Documents of supervision, their official forms, the district's page and the minutes of an order."""

from dispatch.services import order_supervision, reply
from tests.workorders.conftest import Desk


def prepare(desk: Desk) -> dict[str, str]:
    """A document that was answered, on an order that two departments handle."""
    order = desk.handling(desk.ground.market_squad.code, title="督办统计")
    document = order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请办结")
    reply(number=document.number, text="已办", by=desk.cast.handler)
    return {"document": document.number, "supervised": order.number}


FIGURES = {
    "page supervision": ("/supervision/?kind=1&q=督办", "commander", 10),
    "page supervision of a unit": ("/supervision/", "handler", 10),
    "page supervision-order": ("/supervision/{document}/", "commander", 8),
    "page supervision-file": ("/supervision/{document}/official.pdf", "commander", 6),
    "page supervision-new": ("/supervision/orders/{supervised}/supervision/", "commander", 6),
    "page hand-down": ("/district/hand-down/", "commander", 2),
    "api supervision-order": ("/api/v1/supervision-orders/{document}/", "commander", 5),
    "api supervision-order-file": ("/api/v1/supervision-orders/{document}/official.docx", "commander", 6),
    "api district": ("/api/v1/district/", "commander", 7),
    "api work-order-minutes": ("/api/v1/work-orders/{supervised}/minutes/", "commander", 6),
}

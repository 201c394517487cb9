"""Appeals of who is kept out, and what moderators read."""

from __future__ import annotations

import uuid

from citizens.services.blocks import appeal, block, token_of
from citizens.services.moderation import flag_by_hand
from tests.workorders.conftest import Desk

FIGURES = {
    "page appeal": ("/citizen/appeal/", "citizen", 2),
    "page appeal-answer": ("/citizen/appeal/{appeal}/", "citizen", 3),
    "page moderation": ("/citizen-desk/moderation/", "supervisor", 8),
    "page moderation-words": ("/citizen-desk/moderation/words/", "supervisor", 7),
    "page moderation-blocks": ("/citizen-desk/moderation/blocks/", "supervisor", 8),
}


def prepare(desk: Desk) -> dict[str, str]:
    for _number in range(3):
        report = desk.report(title="楼道堆物", source="citizen")
        flag_by_hand(kind="order", object_id=report.pk, note="看一看", by=desk.cast.supervisor, order_id=report.pk)
    made = block(measure="network", value="203.0.113.0/24", reason="试一试", days=1, by=desk.cast.supervisor)
    return {"appeal": appeal(token=token_of(made), key=uuid.uuid4(), words="请看一看")}

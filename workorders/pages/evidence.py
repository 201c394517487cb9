"""What is shown to who says that an order is done: when it may be closed, and how many pictures show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from workorders.models import Attachment, WorkOrder
from workorders.models.attachments import AttachmentStage
from workorders.pages.entries import Form
from workorders.pages.tags import Text

EARLIER = (AttachmentStage.REPORT, AttachmentStage.BEFORE)
ASKS = ("verify",)


def told_to_verify(forms: Iterable[Form], order: WorkOrder, attachments: Iterable[Attachment]) -> tuple[Form, ...]:
    conditions = tuple(order.category.closing_conditions) if order.category is not None else ()
    seen = _counted(list(attachments))
    return tuple(replace(each, conditions=conditions, evidence=seen) if each.action in ASKS else each for each in forms)


def _counted(attachments: list[Attachment]) -> Text:
    """Pictures and films; sounds show nothing."""
    shown = [each for each in attachments if not each.mime.startswith("audio/")]
    earlier = sum(each.stage in EARLIER for each in shown)
    after = sum(each.stage == AttachmentStage.AFTER for each in shown)
    if not earlier and not after:
        return _("没有照片或录像")
    return _("处置前 %(earlier)d 张，处置后 %(after)d 张，见工单信息和处理记录") % {"earlier": earlier, "after": after}

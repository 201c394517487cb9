"""What the report page says of what others have told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.selectors.reporting import Near, pictures_of
from citizens.services.reporting import offer_of
from workorders.states import Status

# In words of the street; every other open state is being worked on.
STATES = {Status.REPORTED: gettext_lazy("已收到"), Status.REGISTERED: gettext_lazy("已立案")}


def near_rows(found: Iterable[Near]) -> list[dict[str, Any]]:
    """Matter, distance, age, state and a published picture: nobody's own words, nothing of who."""
    found = list(found)
    pictures = pictures_of([each.order.pk for each in found]) if found else {}
    return [
        {
            "offer": offer_of(each.order.pk),
            "picture": reverse("citizens:report-near-picture", args=[picture.key])
            if (picture := pictures.get(each.order.pk))
            else "",
            "category": each.category,
            "told": " · ".join(told for told in _told(each) if told),
        }
        for each in found
    ]


def _told(each: Near) -> tuple[str, str, str, str]:
    """Where, how far, how long ago, how far it has come."""
    return (
        each.community,
        _("约 %(metres)d 米") % {"metres": max(10, round(each.metres, -1))},
        age_of(each.age),
        str(STATES.get(Status(each.order.status), _("处理中"))),
    )


def age_of(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    hours = minutes // 60
    if minutes < 1:
        return _("刚刚")
    if hours < 1:
        return _("%(n)d 分钟前") % {"n": minutes}
    return _("%(n)d 小时前") % {"n": hours} if hours < 24 else _("%(n)d 天前") % {"n": hours // 24}

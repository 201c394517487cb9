"""The number of somebody on duty, shown to who has a reason, which is written down."""

from __future__ import annotations

import datetime as dt
import math

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible, PhonesEnough
from dispatch.locks import people_locked
from dispatch.models import COMING, Watch
from dispatch.selectors.duty import callable_ids
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

AHEAD = dt.timedelta(hours=24)
SHORTEST, LONGEST = 2, 100
MOST_AN_HOUR = 30
HOUR = dt.timedelta(hours=1)
REVEALED = "phone_revealed"


@transaction.atomic
def reveal_phone(*, user_id: int, reason: str, by: Actor) -> str:
    """Tell the number of who is on duty now or within a day, where the actor may call.

    Raises NotVisible, NotAllowed, Invalid, PhonesEnough.
    """
    if by.user_id is None or not by.posts:
        raise NotAllowed
    now = clock.now()
    on_duty = Watch.objects.filter(
        user_id=user_id, state__in=COMING, shift__published_at__isnull=False, shift__ends_at__gt=now,
        shift__starts_at__lt=now + AHEAD, user__is_active=True, shift__unit_id__in=callable_ids(by),
    ).select_related("user").first()  # fmt: skip
    if on_duty is None:
        raise NotVisible
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(fields={"reason": [_("请写明查看电话的事由（2 至 100 字）")]})
    _refuse_too_many(by.user_id, now)
    person = on_duty.user
    audit(actor_id=by.user_id, action=REVEALED, object_label=person.username, detail={"reason": reason})
    return person.phone


def _refuse_too_many(user_id: int, now: dt.datetime) -> None:
    """Raise PhonesEnough after so many in an hour, counted where they are written down."""
    people_locked([user_id])
    asked = AuditEntry.objects.filter(actor_id=user_id, action=REVEALED, at__gt=now - HOUR).order_by("-at")
    moments = list(asked.values_list("at", flat=True)[:MOST_AN_HOUR])
    if len(moments) == MOST_AN_HOUR:
        raise PhonesEnough(retry_after=math.ceil((moments[-1] + HOUR - now).total_seconds()))

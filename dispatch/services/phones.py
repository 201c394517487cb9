"""The number of somebody on duty, shown to who has a reason, which is written down."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import COMING, Watch
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

AHEAD = dt.timedelta(hours=24)
SHORTEST, LONGEST = 2, 100


@transaction.atomic
def reveal_phone(*, user_id: int, reason: str, by: Actor) -> str:
    """Tell the number of who is on duty now or within a day. Raises NotVisible, NotAllowed, Invalid."""
    if not by.posts:
        raise NotAllowed
    now = clock.now()
    on_duty = Watch.objects.filter(
        user_id=user_id, state__in=COMING, shift__published_at__isnull=False, shift__ends_at__gt=now,
        shift__starts_at__lt=now + AHEAD, user__is_active=True,
    ).select_related("user").first()  # fmt: skip
    if on_duty is None:
        raise NotVisible
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(fields={"reason": [_("请写明查看电话的事由（2 至 100 字）")]})
    person = on_duty.user
    audit(actor_id=by.user_id, action="phone_revealed", object_label=person.username, detail={"reason": reason})
    return person.phone

"""When somebody signed in last."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from lianqin.kernel.clock import Now


@transaction.atomic(savepoint=False)
def note_sign_in(*, user_id: int) -> None:
    """Write the time of the sign-in, unless somebody edits the person just now: a sign-in waits for nobody."""
    free = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user_id).order_by()
    User.objects.filter(pk__in=free.values("pk")).update(last_login=Now())

"""A citizen corrects what we call them, or leaves. What they reported goes on without them."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import IdempotencyRecord, User, UserKind
from accounts.services import audit
from citizens.models import Consent, Contact, Receipt
from citizens.registry import farewells
from citizens.services.news import forget_news
from citizens.services.telling import forget_told
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid, NotAllowed
from workorders.models import ReporterContact

LONGEST_NAME = 20


def rename(*, user_id: int, name: str) -> None:
    """Raises Invalid, NotAllowed."""
    name = name.strip()
    if not name:
        raise Invalid(fields={"full_name": [_("请写希望我们怎么称呼您")]})
    if len(name) > LONGEST_NAME:
        said = _("最多 %(most)d 个字，现在有 %(now)d 个，请写短一些") % {"most": LONGEST_NAME, "now": len(name)}
        raise Invalid(fields={"full_name": [said]})
    if not User.objects.filter(pk=user_id, kind=UserKind.CITIZEN).update(full_name=name):
        raise NotAllowed


@transaction.atomic
def leave(*, user_id: int) -> None:
    """Erase the number and the name at once, cut the account off from every report, and close it for good.

    Proofs of consent stay for as long as the law wants them, without anything that names anybody. Raises NotAllowed.
    """
    # Without the key: what is being written of them holds locks that are wanted below, and wants to name them.
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, kind=UserKind.CITIZEN).first()
    if user is None:
        raise NotAllowed
    # First: what is being reported holds it, and leaves a number that is to go as well.
    Contact.objects.filter(user=user).delete()
    _forget_numbers_left(user_id)
    forget_news(user_id)
    for handler in farewells():
        handler(user_id)
    # Last: what the parts say on leaving is not said either.
    forget_told(user_id)
    Receipt.objects.filter(user=user).update(user=None)
    Consent.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=clock.now())
    IdempotencyRecord.objects.filter(user=user).delete()
    user.username, user.full_name, user.phone, user.email = f"gone-{secrets.token_hex(12)}", "", "", ""
    user.pinyin, user.first_name, user.last_name, user.is_active, user.last_login = "", "", "", False, None
    user.set_unusable_password()
    user.save()
    audit(actor_id=None, action="citizen_left", object_label=f"user:{user_id}")


def _forget_numbers_left(user_id: int) -> None:
    """Their number lies with what they reported as well, for who wanted to be called back."""
    mine = Q(order__reporter=user_id) | Q(order__in=Receipt.objects.filter(user=user_id, joined=False).values("order"))
    ReporterContact.objects.filter(mine).delete()

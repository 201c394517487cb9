"""Who signed in with which number: found by digest, opened for sending alone."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from citizens.models import Consent, Contact
from lianqin.kernel import clock
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.sealing import Seal
from workorders.rules.masking import mask_phone

CONTACTS = Seal("lianqin.citizens.contacts", "LIANQIN_CONTACT_KEYS")


def citizen_of(phone: str) -> User:
    """The citizen who proved to hold this number, made now if there is none. Never one of staff. Raises NotAllowed."""
    found = _known(phone)
    if found is None:
        try:
            with transaction.atomic():
                return _new(phone)
        except IntegrityError:
            # The same person, in two windows at once.
            found = _known(phone)
    if found is None or found.kind != UserKind.CITIZEN or not found.is_active:
        raise NotAllowed
    return found


def phone_of_citizen(user_id: int) -> str:
    """For messages that the citizen asked for; empty if they left. Raises Unreadable."""
    sealed = Contact.objects.filter(user_id=user_id).values_list("sealed", flat=True).first()
    return CONTACTS.open(sealed) if sealed else ""


def hold_contact(user_id: int) -> Contact | None:
    """What is known of a citizen, held: whoever leaves waits for what is being kept of them, and it goes as well."""
    return Contact.objects.select_for_update().filter(user=user_id).first()


def phone_to_tell(user_id: int) -> str:
    """As :func:`phone_of_citizen`, but empty for who withdrew what they had agreed to. Raises Unreadable."""
    given = Consent.objects.filter(user_id=user_id)
    withdrew = Exists(given.filter(withdrawn_at__isnull=False)) & ~Exists(given.filter(withdrawn_at=None))
    sealed = Contact.objects.filter(~withdrew, user_id=user_id).values_list("sealed", flat=True).first()
    return CONTACTS.open(sealed) if sealed else ""


def _known(phone: str) -> User | None:
    contact = Contact.objects.select_related("user").filter(blind_index__in=CONTACTS.indexes(phone)).first()
    return contact.user if contact else None


def _new(phone: str) -> User:
    user = User(kind=UserKind.CITIZEN, username=f"c-{secrets.token_hex(12)}", full_name=str(_("市民")))
    user.set_unusable_password()
    user.save()
    Contact.objects.create(
        user=user,
        sealed=CONTACTS.close(phone),
        blind_index=CONTACTS.index(phone),
        shown_phone=mask_phone(phone),
        verified_at=clock.now(),
    )
    return user

"""Receipts: given once for each report, found by their code."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from citizens.models import Receipt
from citizens.rules.codes import code_of, digest_of, read
from lianqin.kernel import clock
from lianqin.kernel.actors import ORDER, Actor, ActorKind, token
from workorders.errors import NotVisible
from workorders.permissions import FOLLOW

NAME = _("反映人")


def open_receipt(
    *, order_id: int, client_key: uuid.UUID, user_id: int | None = None, joined: bool = False
) -> tuple[Receipt, str]:
    """Give a receipt and its code. Raises IntegrityError if the key has one: see :func:`receipt_by_key`."""
    code = code_of(receipt_secrets()[0], client_key)
    receipt = Receipt.objects.create(
        order_id=order_id,
        client_key=client_key,
        code_digest=digest_of(code),
        user_id=user_id,
        joined=joined,
        created_at=clock.now(),
    )
    return receipt, code


def receipt_by_key(client_key: uuid.UUID) -> tuple[Receipt, str] | None:
    """What a device that sends again was given the first time, and the code once more."""
    receipt = Receipt.objects.select_related("order").filter(client_key=client_key).first()
    if receipt is None:
        return None
    return receipt, code_of_receipt(receipt)


def code_of_receipt(receipt: Receipt) -> str:
    """The code once more, for who proved to be its owner; empty if its secret is in the settings no longer."""
    codes = (code_of(secret, receipt.client_key) for secret in receipt_secrets())
    return next((code for code in codes if digest_of(code) == receipt.code_digest), "")


def receipt_by_code(typed: str) -> Receipt:
    """The receipt of a code as somebody typed it. Raises NotVisible."""
    code = read(typed)
    found = Receipt.objects.select_related("order").filter(code_digest=digest_of(code)).first() if code else None
    if found is None:
        raise NotVisible
    return found


def follower(receipt: Receipt) -> Actor:
    """Who brings the receipt: the one who reported that order, and nobody else to us."""
    grants = {} if receipt.joined else {FOLLOW: frozenset({token(ORDER, receipt.order_id)})}
    return Actor(kind=ActorKind.PERSON, name=str(NAME), user_id=receipt.user_id, grants=grants)


def receipt_secrets() -> list[str]:
    """The first makes new codes; the others have made codes that are still asked for."""
    return settings.LIANQIN_RECEIPT_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]

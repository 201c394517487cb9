"""A number left with a report to be called back: proved by a code before or with the report, sealed with the order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from citizens.rules.phones import mobile
from citizens.services.codes import CHALLENGES, WrongCode, checked_phone, phone_of, spend_code
from lianqin.kernel.errors import Invalid
from lianqin.kernel.sealing import Unreadable
from workorders.rules.masking import mask_phone

SALT = "citizens.number"
# A report that waits for a network keeps its proof for a week.
KEPT_SECONDS = 7 * 24 * 3600


def prove_number(*, key: str, typed: str) -> tuple[str, str]:
    """Exchange the code of a challenge for a proof that a device may keep, and the masked number. Raises as phone_of.

    The proof holds the number sealed: whoever finds the device reads nothing.
    """
    phone = phone_of(key=key, typed=typed)
    return signing.dumps(CHALLENGES.close(phone), salt=SALT, compress=True), mask_phone(phone)


def shown_number(proof: str) -> str:
    """The number of a proof, masked; empty if the proof is none, or over."""
    return mask_phone(_opened(proof))


def number_of(told: Mapping[str, Any]) -> str:
    """The number that was left with a report, empty if none was. Raises Invalid by field, and Unavailable.

    ``told``: ``proof``, or ``phone`` with the ``phone_key`` of its challenge and the ``code`` as it was typed, which
    :func:`spend_number` ends once the report is taken.
    """
    proof, typed = str(told.get("proof") or ""), str(told.get("phone") or "").strip()
    if proof:
        phone = _opened(proof)
        if not phone:
            raise Invalid(fields={"phone": [_("号码的验证已过期，请重新获取验证码，或不留号码")]})
        return phone
    if not typed:
        return ""
    if not told.get("phone_key"):
        raise Invalid(fields={"phone": [_("请先获取验证码；不想留号码就把它清空")]})
    try:
        phone = checked_phone(key=str(told["phone_key"]), typed=str(told.get("code") or ""))
    except WrongCode as error:
        raise Invalid(fields={"code": [error.message]}) from error
    if phone != mobile(typed):
        raise Invalid(fields={"phone": [_("号码改过了，请重新获取验证码")]})
    return phone


def spend_number(told: Mapping[str, Any]) -> None:
    """End the code by which :func:`number_of` found a number; a proof is not used up. Raises Invalid, Unavailable."""
    if told.get("proof") or not str(told.get("phone") or "").strip():
        return
    try:
        spend_code(str(told["phone_key"]))
    except WrongCode as error:
        raise Invalid(fields={"code": [error.message]}) from error


def _opened(proof: str) -> str:
    try:
        return CHALLENGES.open(signing.loads(proof, salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, Unreadable):
        return ""

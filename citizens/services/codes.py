"""Codes by which somebody proves to hold a number. Kept in Redis, hashed, for minutes; nothing tells whose it is."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from citizens.rules.phones import digits, mobile
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.sealing import Seal, Unreadable
from relay.models import Channel, ChannelKind
from relay.services.letters import queue_letter
from workorders.rules.masking import mask_phone

CHALLENGES = Seal("lianqin.citizens.challenges", "LIANQIN_CONTACT_KEYS")
CODE_SECONDS, TRIES = 300, 5
# As long a number is known by its challenge, so that nobody types it twice for another code.
NUMBER_SECONDS = 900
# Of a number: one a minute; so many a day from one network, and so many in all.
PAUSE_SECONDS, CODES_A_DAY, MOST_A_DAY, DAY_SECONDS = 60, 5, 15, 24 * 3600
TEMPLATE = "citizen_code"


NO_MOBILE = gettext_lazy("请输入 11 位手机号")


class Unavailable(DomainError):
    """Codes cannot be sent or checked now."""

    status = 503
    code = "codes_unavailable"


class TooSoon(DomainError):
    status = 429
    code = "codes_limited"


class WrongCode(DomainError):
    code = "wrong_code"


@dataclass(frozen=True, slots=True)
class Challenge:
    key: str
    shown_phone: str


def send_code(*, typed: str, asker: str, version: int = 0) -> str:
    """Send a code to a number and return the key of the challenge. The same for every number, known or not.

    ``asker``: the mark of the network that asks, so that nobody uses up somebody else's codes by their own.
    ``version``: of the notice that was agreed to.
    Raises Invalid, TooSoon, Unavailable.
    """
    phone = mobile(typed)
    if not phone:
        raise Invalid(fields={"phone": [NO_MOBILE]})
    channel = Channel.objects.filter(kind=ChannelKind.SMS, active=True).order_by("owner", "pk").first()
    if channel is None:
        raise Unavailable(_("短信暂时发不出去，请稍后再试；不登录也可以反映问题"))
    try:
        _limit(phone, asker)
        key, code = secrets.token_urlsafe(16), f"{secrets.randbelow(1_000_000):06d}"
        told = {"phone": CHALLENGES.close(phone), "code": _digest(key, code), "version": version}
        cache.set(_name("challenge", key), told, CODE_SECONDS)
        cache.set(_name("number", key), {"phone": told["phone"], "version": version}, NUMBER_SECONDS)
    except RedisError:
        raise Unavailable(_("系统正忙，请稍后再试")) from None
    with transaction.atomic():
        queue_letter(
            channel=channel,
            key=f"code:{key}",
            template=TEMPLATE,
            subject=_("登录验证码"),
            to=phone,
            text=_("验证码 %(code)s，5 分钟内有效。请勿告诉他人，工作人员不会向您索要。") % {"code": code},
            stand_in=_("登录验证码（号码和内容不留存）"),
        )
    return key


def phone_of(*, key: str, typed: str) -> str:
    """The number of the challenge if the code is right; then the challenge is over. Raises WrongCode, Unavailable."""
    phone = checked_phone(key=key, typed=typed)
    spend_code(key)
    return phone


def checked_phone(*, key: str, typed: str) -> str:
    """As :func:`phone_of`, but the code stays good until it is spent: a right one is no try."""
    try:
        told = cache.get(_name("challenge", key))
        if told is None:
            raise WrongCode(_("验证码已过期，请重新获取"), code="code_expired")
        if not digits(typed):
            # No try: nothing was guessed.
            raise WrongCode(_("请输入短信里的 6 位数字"))
        tries = _name("tries", key)
        cache.add(tries, 0, CODE_SECONDS)
        if cache.incr(tries) > TRIES:
            cache.delete(_name("challenge", key))
            raise WrongCode(_("试错次数过多，请重新获取验证码"), code="code_expired")
        if not hmac.compare_digest(told["code"], _digest(key, digits(typed))):
            raise WrongCode(_("验证码不对，请核对短信"))
        cache.set(tries, 0, CODE_SECONDS)
    except RedisError:
        raise Unavailable(_("系统正忙，请稍后再试")) from None
    return CHALLENGES.open(told["phone"])


def spend_code(key: str) -> None:
    """End a challenge. Whoever is first has it: the same code does not open twice. Raises WrongCode, Unavailable."""
    try:
        cache.delete(_name("number", key))
        if not cache.delete(_name("challenge", key)):
            raise WrongCode(_("验证码已用过，请重新获取"), code="code_expired")
    except RedisError:
        raise Unavailable(_("系统正忙，请稍后再试")) from None


def agreed_version(key: str) -> int:
    """The version of the notice that was agreed to before the code was sent; 0 for none. Raises Unavailable."""
    try:
        return int((cache.get(_name("challenge", key)) or {}).get("version", 0))
    except RedisError:
        raise Unavailable(_("系统正忙，请稍后再试")) from None


def shown_phone(key: str) -> str:
    """The number that the code of a challenge went to, masked; empty when it was used or is forgotten."""
    try:
        told = cache.get(_name("number", key))
        return mask_phone(CHALLENGES.open(told["phone"])) if told else ""
    except (RedisError, Unreadable):
        return ""


def number_again(key: str) -> tuple[str, int]:
    """The number of a challenge for another code, and the version agreed to. Raises WrongCode, Unavailable."""
    try:
        told = cache.get(_name("number", key))
    except RedisError:
        raise Unavailable(_("系统正忙，请稍后再试")) from None
    if not told:
        raise WrongCode(_("过去太久了，请再输入一次手机号"), code="code_expired")
    return CHALLENGES.open(told["phone"]), int(told["version"])


def is_open(key: str) -> bool:
    """Whether a code may still be typed."""
    try:
        return cache.get(_name("challenge", key)) is not None
    except RedisError:
        return True


def _limit(phone: str, asker: str) -> None:
    """Count one more for a number, under digests that nobody reads back without our key; a refusal counts nothing."""
    who = CHALLENGES.index(phone)[:32]
    ours, all_of_it = _name("day", f"{who}:{asker}"), _name("day", who)
    if cache.get(ours, 0) >= CODES_A_DAY:
        raise TooSoon(_("今天从这个网络获取验证码的次数已用完，可以换一个网络（如手机流量）再试；不登录也可以反映问题"))
    if cache.get(all_of_it, 0) >= MOST_A_DAY:
        raise TooSoon(_("这个号码今天获取验证码的次数已用完，请明天再试；不登录也可以反映问题"))
    # Who asks many times at once passes here once.
    now = int(time.time())
    if not cache.add(_name("pause", who), now + PAUSE_SECONDS, PAUSE_SECONDS):
        rest = max(1, int(cache.get(_name("pause", who), now)) - now)
        raise TooSoon(_("一分钟内只能获取一次验证码，请 %(rest)d 秒后再获取") % {"rest": rest})
    for count in (ours, all_of_it):
        cache.add(count, 0, DAY_SECONDS)
        cache.incr(count)


def _digest(key: str, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{key}:{code}".encode(), sha256).hexdigest()


def _name(kind: str, of: str) -> str:
    return f"citizen:code:{kind}:{of}"

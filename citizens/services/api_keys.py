"""Keys by which programs write: asked for by anybody, let into force by two people, seen by their owner alone, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
import secrets
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, submit_draft, withdraw_draft
from citizens.errors import KeyRefused, TooMany
from citizens.models import ApiKey
from citizens.permissions import may_configure
from citizens.rules.codes import LENGTH, LETTERS, digest_of, read
from citizens.rules.phones import mobile
from grids.selectors import may_approve
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible

LONGEST = {"owner": 80, "purpose": 500, "contact": 80}
SHORTEST = {"owner": 2, "purpose": 10, "contact": 5}
# How often one may ask is the public door's to say: a limit for all together would let a few keep out everybody.
ANSWERED_WITHIN = dt.timedelta(days=30)
MOST_A_MINUTE, MOST_A_DAY, MOST_DAYS = 600, 100_000, 731
PREFIX, SHOWN = "lq", 8
SHANGHAI = ZoneInfo("Asia/Shanghai")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
USED = """
INSERT INTO citizens_apikeyday AS d (key_id, day, minute, in_minute, requests) VALUES (%s, %s, %s, 1, 1)
ON CONFLICT (key_id, day) DO UPDATE SET requests = d.requests + 1,
 in_minute = CASE WHEN d.minute = EXCLUDED.minute THEN d.in_minute + 1 ELSE 1 END, minute = EXCLUDED.minute
RETURNING in_minute, requests
"""


def ask_for_key(*, owner: str, purpose: str, contact: str) -> tuple[ApiKey, str]:
    """Keep a request and give the code by which its owner comes back to it. Raises Invalid."""
    told = {"owner": owner.strip(), "purpose": purpose.strip(), "contact": contact.strip()}
    if faults := _faults(told):
        raise Invalid(fields=faults)
    code = "".join(secrets.choice(LETTERS) for _each in range(LENGTH))
    return ApiKey.objects.create(claim_digest=digest_of(code), **told), code


@transaction.atomic
def expire_requests() -> int:
    """Let go of requests that nobody has answered for so long; who asked reads why. Returns how many."""
    old = ApiKey.objects.filter(state=DraftState.DRAFT, drafted_at__lt=clock.now() - ANSWERED_WITHIN)
    why = _("申请满 %(days)d 天没有处理，已经失效，请重新申请") % {"days": ANSWERED_WITHIN.days}
    number = old.update(state=DraftState.WITHDRAWN, opinion=why)
    if number:
        audit(actor_id=None, action="expire_api_key_requests", object_label="", detail={"count": number})
    return number


def key_of_code(typed: str) -> ApiKey:
    """The request of a code as its owner typed it. Raises NotVisible."""
    code = read(typed)
    found = ApiKey.objects.filter(claim_digest=digest_of(code)).first() if code else None
    if found is None:
        raise NotVisible
    return found


@transaction.atomic
def set_up_key(*, key_id: int, per_minute: int, per_day: int, days: int, by: Actor) -> ApiKey:
    """Say how much and how long, and hand it to the second person. Raises NotAllowed, NotVisible, Invalid."""
    _require(may_configure(by))
    limits = {"per_minute": (per_minute, MOST_A_MINUTE), "per_day": (per_day, MOST_A_DAY), "days": (days, MOST_DAYS)}
    faults = {
        name: [_("应在 1 与 %(most)d 之间") % {"most": most}]
        for name, (number, most) in limits.items()
        if not 1 <= number <= most
    }
    if faults:
        raise Invalid(fields=faults)
    key = _locked(key_id)
    if key.state not in (DraftState.DRAFT, DraftState.REFUSED):
        raise Conflict(_("这份申请已经处理过"))
    key.per_minute, key.per_day, key.drafted_by_id = per_minute, per_day, by.user_id
    key.expires_on = _today() + dt.timedelta(days=days)
    key.save(update_fields=["per_minute", "per_day", "drafted_by", "expires_on"])
    return submit_draft(ApiKey, key.pk, by=by, detail={"per_minute": per_minute, "per_day": per_day, "days": days})


@transaction.atomic
def turn_down_key(*, key_id: int, opinion: str, by: Actor) -> ApiKey:
    """Refuse what nobody has set up yet; its owner reads why. Raises NotAllowed, NotVisible, Invalid."""
    _require(may_configure(by))
    opinion = opinion.replace("\x00", "").strip()
    if not 2 <= len(opinion) <= 500:
        raise Invalid(fields={"opinion": [_("请写明原因，申请人会看到")]})
    key = _locked(key_id)
    if key.state not in (DraftState.DRAFT, DraftState.REFUSED):
        raise Conflict(_("这份申请已经处理过"))
    ApiKey.objects.filter(pk=key.pk).update(opinion=opinion)
    return withdraw_draft(ApiKey, key.pk, by=by)


@transaction.atomic
def decide_key(*, key_id: int, approve: bool, by: Actor, opinion: str = "") -> ApiKey:
    """Let its owner fetch the key, or send it back to who set it up. Raises NotAllowed, NotVisible, DraftDecided."""
    _require(may_approve(by))
    return decide_draft(ApiKey, key_id, by=by, approve=approve, opinion=opinion.replace("\x00", "").strip()[:500])


@transaction.atomic
def fetch_key(*, code: str) -> tuple[ApiKey, str]:
    """Make the key and return it: here and never again. Raises NotVisible, Conflict."""
    key = _locked(key_of_code(code).pk)
    if key.state != DraftState.APPROVED or key.ended_at is not None or is_over(key):
        raise Conflict(_("现在还不能领取"))
    if key.digest:
        raise Conflict(_("密钥已经领取过；如果遗失，请停用后重新申请"))
    secret = f"{PREFIX}_{secrets.token_urlsafe(30)}"
    key.digest, key.key_id, key.fetched_at = _digest(secret), secret[:SHOWN], clock.now()
    key.save(update_fields=["digest", "key_id", "fetched_at"])
    audit(actor_id=None, action="fetch_api_key", object_label=f"{key.pk} {key.key_id}")
    return key, secret


@transaction.atomic
def end_key(*, key_id: int, by: Actor) -> None:
    """End a key at once: what takes away and gives nothing needs no second person."""
    _require(may_configure(by) or may_approve(by))
    _end(_locked(key_id), by.user_id)


@transaction.atomic
def give_up_key(*, code: str) -> None:
    """Its owner ends it: it was lost, or is needed no more."""
    _end(_locked(key_of_code(code).pk), None)


def use_key(secret: str) -> ApiKey:
    """The key in force that a program writes by; counted. Raises KeyRefused, TooMany with the seconds to wait."""
    if not secret:
        raise KeyRefused(_("缺少 api_key：请在表单里带上密钥"))
    key = ApiKey.objects.filter(digest=_digest(secret), state=DraftState.APPROVED, ended_at=None).first()
    if key is None or is_over(key):
        raise KeyRefused
    now = clock.now().astimezone(SHANGHAI)
    with connection.cursor() as cursor:
        cursor.execute(USED, [key.pk, now.date(), now.replace(second=0, microsecond=0)])
        in_minute, today = cursor.fetchone()
    if today > key.per_day:
        midnight = now.replace(hour=0, minute=0, second=0)
        raise TooMany(_("今天的次数用完了"), retry_after=86_400 - math.floor((now - midnight).total_seconds()))
    if in_minute > key.per_minute:
        raise TooMany(retry_after=60 - now.second)
    return key


def is_over(key: ApiKey, today: dt.date | None = None) -> bool:
    return key.expires_on is not None and key.expires_on < (today or _today())


def _faults(told: dict[str, str]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for name, text in told.items():
        if not SHORTEST[name] <= len(text) <= LONGEST[name]:
            faults[name] = [_("请写 %(least)d 到 %(most)d 个字") % {"least": SHORTEST[name], "most": LONGEST[name]}]
        elif CONTROL.search(text.replace("\r\n", "").replace("\n", "") if name == "purpose" else text):
            faults[name] = [_("有不能识别的字符")]
    if "contact" not in faults and mobile(told["contact"]):
        faults["contact"] = [_("请填单位的电话或邮箱，不要填个人手机号")]
    return faults


def _end(key: ApiKey, user_id: int | None) -> None:
    if key.ended_at is None:
        key.ended_at = clock.now()
        key.save(update_fields=["ended_at"])
        audit(actor_id=user_id, action="end_api_key", object_label=f"{key.pk} {key.key_id}".strip())


def _digest(secret: str) -> str:
    """Of 240 random bits a plain digest tells nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _today() -> dt.date:
    return clock.now().astimezone(SHANGHAI).date()


def _require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed


def _locked(key_id: int) -> ApiKey:
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotVisible
    return key

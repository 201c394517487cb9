"""The signed door: who sends it, unaltered, now, and for the first time."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from citizens.errors import NotOfNetwork, NotSigned, Replayed, TooMany, Unsuitable
from citizens.models import IntakeKey, IntakeNonce, IntakePlatform
from citizens.rules.limits import NEAR, networks_of
from citizens.rules.shapes import faults_of_body
from citizens.rules.signing import KEY, NONCE, SIGNATURE, TIMESTAMP, TOLERANCE_SECONDS, is_signature, signed_text
from citizens.services.counting import count, count_request
from citizens.services.intake import Taken, take
from citizens.services.limits import within
from citizens.services.seals import SECRETS
from lianqin.kernel import clock
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError

MOST_BYTES = 256 * 1024
DEEPEST = 20
# Of one network: what is unsigned, spoilt or played again.
MOST_REFUSED, REFUSED_SECONDS = 300, 60
WELL_FORMED = re.compile(r"[A-Za-z0-9._~-]{8,64}")
USED = "INSERT INTO citizens_intakenonce (platform_id, nonce, at) VALUES (%s, %s, lianqin_now()) ON CONFLICT DO NOTHING"


def receive(
    *, code: str, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, address: str
) -> Taken:
    """Take one request of a platform. Raises NotSigned, NotOfNetwork, Replayed, TooMany, Unsuitable."""
    try:
        key = _key(code, headers.get(KEY, ""))
    except NotSigned:
        _bound(address)
        raise
    platform = key.platform
    try:
        _require_network(platform, address)
        _require_signature(key, method, path, query, headers, body)
        _require_unused(platform, headers[NONCE])
    except DomainError:
        _bound(address)
        count(platform.pk, "refused")
        raise
    try:
        # Only what the platform itself sent, and sent now, uses up what it may send.
        count_request(platform)
        told = _parsed(body)
        if faults := faults_of_body(told, platform.schema):
            raise Unsuitable(fields=faults)
    except DomainError as error:
        if not isinstance(error, TooMany) or error.code != "rate_limit":
            count(platform.pk, "refused")
        raise
    return take(platform=platform, body=told)


def _bound(address: str) -> None:
    """What is refused costs little, and beyond a bound nothing is written of it. Who signs is never kept out by it."""
    network = networks_of(address).get(NEAR, address)
    if not within("intake-refused", network, most=MOST_REFUSED, seconds=REFUSED_SECONDS):
        raise TooMany(retry_after=REFUSED_SECONDS)


def _key(code: str, key_id: str) -> IntakeKey:
    """The same answer whatever is wrong: nobody learns here which platforms and keys there are."""
    found = (
        IntakeKey.objects.select_related("platform__account")
        .filter(key_id=key_id, platform__code=code, platform__active=True, state=DraftState.APPROVED, ended_at=None)
        .first()
    )
    if found is None or not found.platform.account.is_active:
        raise NotSigned
    return found


def _require_network(platform: IntakePlatform, address: str) -> None:
    try:
        inside = any(ip_address(address) in ip_network(each) for each in platform.networks)
    except ValueError:
        inside = False
    if platform.networks and not inside:
        raise NotOfNetwork


def _require_signature(
    key: IntakeKey, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> None:
    stamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12 and WELL_FORMED.fullmatch(nonce)):
        raise NotSigned
    text = signed_text(method=method, path=path, query=query, timestamp=stamp, nonce=nonce, body=body)
    if not is_signature(headers.get(SIGNATURE, ""), SECRETS.open(key.sealed), text, key.algorithm):
        raise NotSigned
    if abs(clock.now().timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise NotSigned(_("签名已过期，请校准时钟后重新签名"), code="timestamp_out_of_range")
    # Seldom enough to cost nothing, often enough to tell whether an old key may be ended.
    IntakeKey.objects.filter(pk=key.pk).exclude(used_at__gt=clock.now() - dt.timedelta(minutes=1)).update(used_at=Now())


def _require_unused(platform: IntakePlatform, nonce: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(USED, [platform.pk, nonce])
        if cursor.rowcount != 1:
            raise Replayed


def _parsed(body: bytes) -> Any:
    try:
        told = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unsuitable(_("报文不是有效的 JSON"), code="malformed") from error
    level = [told]
    for _depth in range(DEEPEST):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return told
    raise Unsuitable(_("报文层次过深"), code="malformed")


def _no_number(name: str) -> float:
    raise ValueError(name)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def purge_nonces() -> int:
    """Delete those that the timestamp refuses by now. Twice the tolerance: stamps may lie ahead."""
    old = clock.now() - dt.timedelta(seconds=3 * TOLERANCE_SECONDS)
    return IntakeNonce.objects.filter(at__lt=old).delete()[0]

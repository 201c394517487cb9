"""A message of a platform becomes an order, once; what cannot be read waits for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from citizens.locks import name_locked
from citizens.models import IntakeMessage, IntakePlatform, IntakeState
from citizens.rules.mapping import MOST, Told, digest_of, read
from citizens.services.counting import count
from citizens.services.seals import CONTENTS
from citizens.services.supplements import LONGEST, supplement
from dispatch.services import send_notice
from grids.ground import ground
from grids.selectors import actor_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from workorders.models import WorkOrder
from workorders.services import report

DROPPED = ("category", "urgency", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. ``order`` is None while it waits for a person; ``is_kept``: it was not known before."""

    message: IntakeMessage
    order: WorkOrder | None
    is_new: bool
    changed: bool = False
    is_kept: bool = True


def take(*, platform: IntakePlatform, body: Any, way: str = "door") -> Taken:
    """Take a message that was signed and has the agreed shape; it is kept when this returns."""
    return take_told(platform=platform, told=read(body, platform.mapping), raw=body, way=way)


@transaction.atomic
def take_told(*, platform: IntakePlatform, told: Told, raw: Any, way: str) -> Taken:
    """Take what was told, whichever way it came. One at a time for each number of a platform."""
    digest = digest_of(told)
    hold_number(platform.pk, told.external_ref or digest)
    known = list(
        IntakeMessage.objects.select_related("order")
        .filter(platform=platform, external_ref=told.external_ref[: MOST["external_ref"]])
        .filter(**({} if told.external_ref else {"digest": digest}))
        .order_by("id")
    )
    if known:
        return _again(platform, known, told, digest, raw, way)
    message = _kept(platform, told, digest, raw, way)
    applied = _apply(message, actor_for(platform.account), told)
    message.save()
    count(platform.pk, "received" if applied else "dead")
    if not applied:
        _ring(platform)
    return Taken(message, message.order, is_new=applied)


def hold_number(platform_id: int, number: str) -> None:
    """One at a time for each number of a platform, until the transaction ends: what comes, and what staff mends."""
    name_locked(f"intake:{platform_id}:{number[: MOST['external_ref']]}")


def _ring(platform: IntakePlatform) -> None:
    """Nobody looks for letters all day: the centre hears of them, once an hour for each platform."""
    places = ground()
    send_notice(
        key=f"letters-wait:{platform.pk}:{clock.now():%Y-%m-%dT%H}", kind="letters_wait", gravity="warn",
        facts={"platform": str(platform)}, units=[places.command_center_id(pk) for pk in places.district_ids],
        url=reverse("desk:letters"),
    )  # fmt: skip


def _kept(platform: IntakePlatform, told: Told, digest: str, raw: Any, way: str) -> IntakeMessage:
    return IntakeMessage(
        platform=platform,
        external_ref=told.external_ref[: MOST["external_ref"]],
        digest=digest,
        sealed_raw=CONTENTS.close(json.dumps(raw, ensure_ascii=False)),
        sealed_fields=CONTENTS.close(json.dumps(told.fields, ensure_ascii=False)),
        state=IntakeState.DEAD,
        version=platform.version,
        way=way,
        notes=told.notes,
        reported_at=told.reported_at,
    )


def _again(platform: IntakePlatform, known: list[IntakeMessage], told: Told, digest: str, raw: Any, way: str) -> Taken:
    """The first order answers; a content that is new is kept as a supplement of it."""
    first = next((each for each in known if each.is_first), known[0])
    same = next((each for each in known if each.digest == digest), None)
    if same is not None:
        count(platform.pk, "repeated")
        return Taken(same, first.order, is_new=False, changed=not same.is_first, is_kept=False)
    message = _kept(platform, told, digest, raw, way)
    message.is_first = False
    if first.order is not None:
        _try_supplement(message, first.order, actor_for(platform.account), told)
    else:
        message.error_code = "first_waits"
    message.save()
    if message.state == IntakeState.DEAD:
        _ring(platform)
    count(platform.pk, "changed")
    return Taken(message, first.order, is_new=False, changed=True)


def _try_supplement(message: IntakeMessage, order: WorkOrder, by: Actor, told: Told) -> None:
    """What the order cannot take, since it is archived, waits for a person: the platform sends it only now."""
    try:
        with transaction.atomic():
            _supplement(order, by, told)
    except DomainError as error:
        _failed(message, error.code, error.fields, str(error.message))
    else:
        message.order, message.state = order, IntakeState.APPLIED


def _supplement(order: WorkOrder, by: Actor, told: Told) -> None:
    """What the source said anew, without contact data: these stay in the sealed message."""
    parts = [str(told.fields[name]) for name in ("title", "description", "address") if told.fields.get(name)]
    text = _("来源平台补充：%(text)s") % {"text": "；".join(parts)}
    supplement(order_id=order.pk, by=by, text=text[:LONGEST])


def _apply(message: IntakeMessage, by: Actor, told: Told) -> bool:
    """Report it; True if there is an order now. What staff can add later keeps nothing back."""
    fields: dict[str, Any] = {**told.fields, "source": message.platform.code}
    if not told.external_ref:
        return _failed(message, "no_reference", {"external_ref": [_("没有读到对方单号")]})
    try:
        return _report(message, by, fields)
    except DomainError as error:
        spare = [name for name in DROPPED if name in error.fields]
        if not spare:
            return _failed(message, error.code, error.fields, str(error.message))
        message.notes = [*message.notes, *(f"{name} 无法采用，已略去" for name in spare)]
        dropped = {*spare, *(("lon", "lat") if {"lon", "lat"} & {*spare} else ())}
        fields = {name: value for name, value in fields.items() if name not in dropped}
    try:
        return _report(message, by, fields)
    except DomainError as error:
        return _failed(message, error.code, error.fields, str(error.message))


def _report(message: IntakeMessage, by: Actor, fields: dict[str, Any]) -> bool:
    with transaction.atomic():
        order, new = report(by=by, data=fields)
        if not new:
            # The number has an order, which keeps its words: these are said beside them.
            _supplement(order, by, Told(fields))
    message.order = order
    message.state, message.error_code, message.errors = IntakeState.APPLIED, "", {}
    return True


def _failed(message: IntakeMessage, code: str, fields: Any, told: str = "") -> bool:
    errors = {name: [str(text) for text in texts] for name, texts in (fields or {}).items()}
    message.state, message.error_code = IntakeState.DEAD, code[:40]
    message.errors = errors or ({"": [told]} if told else {})
    return False


def fields_of(message: IntakeMessage) -> dict[str, Any]:
    """What was read from it, contact data included: for the service, and masked for pages."""
    found: dict[str, Any] = json.loads(CONTENTS.open(message.sealed_fields) or "{}")
    return found


def raw_of(message: IntakeMessage) -> Any:
    return json.loads(CONTENTS.open(message.sealed_raw))


def apply_again(message: IntakeMessage, told: Told) -> bool:
    """Try a dead letter with other fields, in the caller's transaction. True if there is an order now."""
    message.tries += 1
    message.external_ref = message.external_ref or told.external_ref[: MOST["external_ref"]]
    message.sealed_fields = CONTENTS.close(json.dumps(told.fields, ensure_ascii=False))
    applied = _apply(message, actor_for(message.platform.account), told)
    message.save()
    if applied and message.order is not None:
        count(message.platform_id, "received")
        _wake_supplements(message)
    return applied


def _wake_supplements(first: IntakeMessage) -> None:
    """What the platform added while its first message lay with us."""
    waiting = IntakeMessage.objects.filter(
        platform=first.platform, external_ref=first.external_ref, is_first=False, state=IntakeState.DEAD
    ).order_by("id")
    for message in waiting:
        assert first.order is not None
        _supplement(first.order, actor_for(first.platform.account), Told(fields_of(message)))
        message.order, message.state, message.error_code = first.order, IntakeState.APPLIED, ""
        message.save(update_fields=["order", "state", "error_code"])

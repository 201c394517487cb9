"""News of an order goes back to the platform that sent it: each piece once, in the order in which it happened."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.locks import name_locked
from citizens.models import IntakeMessage, IntakePlatform, ReturnMessage, ReturnState
from citizens.permissions import may_mend
from citizens.rules.progress import without_numbers
from citizens.rules.returns import BECAME, DONE, MERGED_IN, Fact, masters_of, told_of
from citizens.rules.signing import headers
from citizens.selectors.open311 import TOLD_OF
from citizens.services.counting import count
from citizens.services.seals import SECRETS
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible
from relay.rules.channels import CODE, EXCERPT, LEASE_SECONDS, Outcome, plain, retry_seconds
from relay.transports.parcels import Call
from workorders.models import Assignment, Event, EventText, WorkOrder
from workorders.states import TRANSITIONS

# The events that may change what a platform is told of; everything else is ours alone, and is not read.
KINDS = {*DONE, MERGED_IN} | {row.action for row in TRANSITIONS if row.target != row.source and row.target in BECAME}
HANDFUL = 8
# The first of each number that has not arrived: what comes after it waits.
DUE = """
SELECT m.id FROM citizens_returnmessage m
WHERE m.platform_id = %s AND m.state IN ('queued', 'failed', 'sending') AND m.next_at <= lianqin_now()
 AND NOT EXISTS (SELECT 1 FROM citizens_returnmessage b WHERE b.order_id = m.order_id AND b.seq < m.seq
 AND b.state NOT IN ('sent', 'discarded'))
ORDER BY m.next_at LIMIT %s FOR UPDATE SKIP LOCKED
"""


def plan_returns(*, order_id: int) -> int:
    """Write what platforms are to be told of this order, and of those merged into it; again does nothing. How many."""
    merged = WorkOrder.objects.filter(master=order_id).order_by("pk").values_list("pk", flat=True)
    return sum(_plan(each) for each in (order_id, *merged))


@transaction.atomic
def _plan(order_id: int) -> int:
    """All events up to now, not only the one that was delivered: deliveries may overtake each other, news may not."""
    found = IntakeMessage.objects.filter(order_id=order_id).select_related("platform", "order")
    first = found.order_by("-is_first", "id").first()
    if first is None or not first.platform.return_address:
        return 0
    name_locked(f"returns:{order_id}")
    told = ReturnMessage.objects.filter(order_id=order_id).order_by("seq")
    known = dict(told.values_list("event_id", "seq"))
    news = _news(order_id)
    # After the last that was told: what was left out before it is not told out of turn.
    last = max((place for place, fact in enumerate(news) if fact.event_id in known), default=-1)
    fresh = news[last + 1 :]
    events = Event.objects.filter(order__in={fact.order_id for fact in fresh}, pk__in=[fact.event_id for fact in fresh])
    by_id = {event.pk: event for event in events.select_related("order")}
    ReturnMessage.objects.bulk_create(
        ReturnMessage(
            platform=first.platform, order_id=order_id, external_ref=first.external_ref, seq=seq, kind=fact.news,
            event_id=fact.event_id, text=_text(by_id[fact.event_id], first), happened_at=by_id[fact.event_id].at,
        )
        for seq, fact in enumerate(fresh, start=max(known.values(), default=0) + 1)
    )  # fmt: skip
    return len(fresh)


def masters_once(order_id: int) -> set[int]:
    """The orders into which it was ever merged."""
    return masters_of(_facts([order_id]).get(order_id, []))


def _news(order_id: int) -> list[Fact]:
    own = _facts([order_id]).get(order_id, [])
    masters = masters_of(own)
    return told_of(own, _facts(sorted(masters)) if masters else {})


def _facts(order_ids: Sequence[int]) -> dict[int, list[Fact]]:
    """The events of orders that matter, each order's as they happened."""
    found: dict[int, list[Fact]] = {}
    for event in Event.objects.filter(order__in=order_ids, kind__in=KINDS).order_by("order_id", "seq"):
        body = json.loads(event.body)
        other = body["data"].get("merged" if event.kind == MERGED_IN else "master")
        becomes = body["changes"]["order"].get("status", "")
        found.setdefault(event.order_id, []).append(Fact(event.pk, event.order_id, event.kind, becomes, other))
    return found


def _text(event: Event, message: IntakeMessage) -> str:
    """The public words: why it was declined, what was done. No comment of ours, and nobody's name."""
    if event.kind == "merge":
        return _("与另一件同样的事合并办理，之后的进展照样告知")
    text = _words(event)
    if event.order_id == message.order_id:
        return text
    # Written for who reported the other order: without their numbers, and nothing where it is nobody else's.
    assert message.order is not None
    shared = event.order.source == message.order.source or event.order.source in TOLD_OF
    return without_numbers(text) if shared else ""


def _words(event: Event) -> str:
    if event.kind in ("decline", "handle_on_site"):
        field = "reason" if event.kind == "decline" else "result"
        found = EventText.objects.filter(order_id=event.order_id, event_id=event.pk, field=field).first()
        return found.text if found else ""
    if event.kind == "verify":
        lead = (
            Assignment.objects.filter(order_id=event.order_id, role="lead").exclude(result="").order_by("-id").first()
        )
        return lead.result if lead else ""
    return ""


@transaction.atomic
def lease_returns(platform: IntakePlatform, *, limit: int = HANDFUL) -> list[ReturnMessage]:
    """Take what is due to one platform, for the length of a lease."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [platform.pk, limit])
        pks = [row[0] for row in cursor.fetchall()]
    until = clock.now() + dt.timedelta(seconds=LEASE_SECONDS)
    ReturnMessage.objects.filter(pk__in=pks).update(
        state=ReturnState.SENDING, attempts=F("attempts") + 1, lease_until=until, next_at=until
    )
    return list(ReturnMessage.objects.select_related("order").filter(pk__in=pks).order_by("id"))


def call_for(message: ReturnMessage, platform: IntakePlatform) -> Call | None:
    """The signed request, made when it is sent; None while no key is in force."""
    key = platform.keys.filter(state=DraftState.APPROVED, ended_at=None).order_by("-decided_at").first()
    if key is None:
        return None
    body = json.dumps(
        {
            "id": str(message.key), "external_ref": message.external_ref, "number": message.order.number,
            "seq": message.seq, "kind": message.kind, "text": message.text, "at": message.happened_at.isoformat(),
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
    parts = urlsplit(platform.return_address)
    signed = headers(
        key_id=key.key_id, secret=SECRETS.open(key.sealed), algorithm=key.algorithm, method="POST",
        path=parts.path, query=parts.query, seconds=int(clock.now().timestamp()), nonce=secrets.token_hex(16),
        body=body.encode(),
    )  # fmt: skip
    return Call(platform.return_address, body, headers={"Content-Type": "application/json", **signed})


@transaction.atomic
def settle_return(message: ReturnMessage, outcome: Outcome) -> bool:
    """Write what became of it; False if another worker took it over meanwhile. It is never given up by itself."""
    mine = ReturnMessage.objects.filter(pk=message.pk, state=ReturnState.SENDING, lease_until=message.lease_until)
    told = {
        "lease_until": None,
        "response_code": plain(outcome.code, CODE),
        "response_excerpt": plain(outcome.excerpt, EXCERPT),
    }
    if outcome.is_sent:
        done = mine.update(**told, state=ReturnState.SENT, sent_at=Now())
        if done:
            count(message.platform_id, "returned")
        return bool(done)
    if outcome.is_final and not outcome.blames_channel:
        return bool(mine.update(**told, state=ReturnState.STUCK))
    wait = retry_seconds(message.attempts, wish=outcome.wait_seconds)
    return bool(mine.update(**told, state=ReturnState.FAILED, next_at=clock.now() + dt.timedelta(seconds=wait)))


@transaction.atomic
def send_again(*, message_id: int, by: Actor) -> None:
    """Send one that waits now, under the same key. Raises NotAllowed, NotVisible."""
    _decide(message_id, by, "send_return_again", state=ReturnState.QUEUED, next_at=Now())


@transaction.atomic
def give_up(*, message_id: int, by: Actor, reason: str) -> None:
    """Send it no more, so that what comes after it may leave. Raises NotAllowed, NotVisible, Invalid."""
    if not reason.strip():
        raise Invalid(fields={"reason": ["请填写理由"]})
    _decide(message_id, by, "give_up_return", state=ReturnState.DISCARDED, reason=reason.strip()[:200])


def _decide(message_id: int, by: Actor, action: str, *, reason: str = "", **values: object) -> None:
    if not may_mend(by):
        raise NotAllowed
    waits = Q(state__in=(ReturnState.STUCK, ReturnState.FAILED, ReturnState.QUEUED))
    if not ReturnMessage.objects.filter(waits, pk=message_id).update(**values):
        raise NotVisible
    audit(actor_id=by.user_id, action=action, object_label=str(message_id), detail={"reason": reason} if reason else {})

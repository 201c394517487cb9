"""Take messages that are due, and write down what became of them. The sending itself is in no transaction."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from lianqin.kernel import clock
from lianqin.kernel.actors import PERSON
from relay.models import Channel, ChannelKind, MessageState, OutgoingMessage
from relay.rules.channels import (
    BREAK_AFTER,
    CODE,
    EXCERPT,
    LANE_WIDTH,
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    Outcome,
    pause_seconds,
    plain,
    retry_seconds,
    room,
)
from relay.services.letters import letter
from relay.services.posting import post
from relay.transports.parcels import Parcel
from relay.transports.sealing import Unreadable, unseal

logger = logging.getLogger(__name__)
FAILED_TOPIC = "channel.failed"
WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Job:
    """A leased message; ``until`` names the lease: whoever leased later has another."""

    message_id: int
    channel_id: int
    attempts: int
    until: dt.datetime
    parcel: Parcel | None
    fault: Outcome | None = None


def lease_messages(*, limit: int) -> list[Job]:
    """Take what may be sent now: of every channel as much as its lane, its rate and its state allow.

    A channel's row is locked while it is looked at, so that its lane is as wide for ten processes as for one.
    """
    if limit <= 0 or not _due(clock.now()).exists():
        return []
    with transaction.atomic():
        now = clock.now()
        waiting = Exists(_due(now).filter(channel=OuterRef("pk")))
        open_ones = Q(resumes_at=None) | Q(resumes_at__lte=now)
        channels = Channel.objects.select_for_update(skip_locked=True).filter(waiting, open_ones, active=True)
        taken: list[OutgoingMessage] = []
        # Whoever has waited longest for a turn is first, so that many busy channels do not starve the last.
        for channel in channels.order_by(F("sent_at").asc(nulls_first=True), "pk"):
            taken += _take(channel, now, limit - len(taken))
        return _jobs(taken)


def _due(now: dt.datetime) -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.filter(state__in=WAITING, next_at__lte=now)


def _take(channel: Channel, now: dt.datetime, limit: int) -> list[OutgoingMessage]:
    under_way = channel.messages.filter(state=MessageState.SENDING, next_at__gt=now).count()
    # A channel that was broken is tried with a single message.
    width = 1 if channel.failures >= BREAK_AFTER else LANE_WIDTH
    number = min(width - under_way, room(channel.rate_per_minute, channel.recent, now), limit)
    if number <= 0:
        return []
    due = _due(now).filter(channel=channel).select_for_update(skip_locked=True, of=("self",))
    found = list(due.order_by("-is_urgent", "next_at", "pk")[:number])
    until = now + dt.timedelta(seconds=LEASE_SECONDS)
    for message in found:
        message.channel = channel
        message.attempts += 1
        message.lease_until = until
    OutgoingMessage.objects.filter(pk__in=[message.pk for message in found]).update(
        state=MessageState.SENDING, attempts=F("attempts") + 1, lease_until=until, next_at=until
    )
    a_minute_ago = now - dt.timedelta(minutes=1)
    channel.recent = [moment for moment in channel.recent if moment > a_minute_ago] + [now] * len(found)
    channel.save(update_fields=["recent"])
    return found


def _jobs(messages: Sequence[OutgoingMessage]) -> list[Job]:
    pks = {int(each.recipient[2:]) for each in messages if each.recipient.startswith(f"{PERSON}:")}
    people = User.objects.in_bulk(pks) if pks else {}
    return [_job(message, people.get(int(message.recipient[2:] or 0)) if pks else None) for message in messages]


def _job(message: OutgoingMessage, person: User | None) -> Job:
    channel, fault = message.channel, None
    to = _place(channel, person)
    try:
        secrets = unseal(channel.sealed)
    except Unreadable:
        secrets, fault = {}, Outcome(is_sent=False, code="sealed", excerpt="密钥无法解密，请重新填写", is_final=False)
    to, text = _letter(message, to)
    if channel.is_personal and not to:
        fault = Outcome(
            is_sent=False, code="no_address", excerpt="收件人没有可用的号码或邮箱", is_final=True, blames_channel=False
        )
    elif message.attempts > MOST_ATTEMPTS:
        # Only those get here that never came back: a failure that was seen is dead at MOST_ATTEMPTS.
        fault = Outcome(is_sent=False, code="lost", excerpt="发送进程多次中断", is_final=True, blames_channel=False)
    parcel = Parcel(
        kind=channel.kind, address=channel.address, secrets=secrets, options=channel.options, key=message.key,
        subject=message.subject, text=text, url=message.url, to=to, template=message.template,
        is_urgent=message.is_urgent,
    )  # fmt: skip
    assert message.lease_until is not None
    return Job(message.pk, channel.pk, message.attempts, message.lease_until, None if fault else parcel, fault)


def _letter(message: OutgoingMessage, to: str) -> tuple[str, str]:
    """Where it goes and what it says. A sealed one that does not open has no number, and ends there."""
    if not message.sealed:
        return to, message.text
    try:
        return letter(message)
    except Unreadable:
        return "", message.text


def _place(channel: Channel, person: User | None) -> str:
    """Read when it is sent and kept nowhere. Who may not sign in any more is not written to."""
    if person is None or not person.is_active:
        return ""
    return person.phone.strip() if channel.kind == ChannelKind.SMS else person.email.strip()


@transaction.atomic
def settle(job: Job, outcome: Outcome) -> bool:
    """Write the outcome; False if another worker took the message over meanwhile."""
    outcome = replace(outcome, code=plain(outcome.code, CODE), excerpt=plain(outcome.excerpt, EXCERPT))
    # Channels before messages, as in lease_messages().
    channel = Channel.objects.select_for_update().get(pk=job.channel_id)
    now = clock.now()
    mine = OutgoingMessage.objects.filter(pk=job.message_id, state=MessageState.SENDING, lease_until=job.until)
    done = mine.update(lease_until=None, **_of_message(job, outcome, now))
    _of_channel(channel, outcome, now)
    return bool(done)


def _of_message(job: Job, outcome: Outcome, now: dt.datetime) -> dict[str, object]:
    told: dict[str, object] = {"response_code": outcome.code, "response_excerpt": outcome.excerpt}
    if outcome.is_sent:
        return {**told, "state": MessageState.SENT, "sent_at": now, "sealed": ""}
    if outcome.is_final or job.attempts >= MOST_ATTEMPTS:
        return {**told, "state": MessageState.DEAD, "sealed": ""}
    wait = retry_seconds(job.attempts, wish=outcome.wait_seconds)
    return {**told, "state": MessageState.FAILED, "next_at": now + dt.timedelta(seconds=wait)}


def _of_channel(channel: Channel, outcome: Outcome, now: dt.datetime) -> None:
    if outcome.is_sent:
        # A rest that the receiver asked for holds, though another call beside it went through.
        resumes_at = None if channel.failures else channel.resumes_at
        channel.failures, channel.pauses, channel.resumes_at, channel.sent_at = 0, 0, resumes_at, now
    elif outcome.blames_channel or outcome.holds_channel:
        channel.failed_at = now
        channel.last_error = f"{outcome.code} {outcome.excerpt}".strip()[:EXCERPT]
        if outcome.holds_channel:
            _rest(channel, now, outcome.wait_seconds)
        else:
            _count_failure(channel, now)
    channel.save(update_fields=["failures", "pauses", "resumes_at", "sent_at", "failed_at", "last_error"])


def _count_failure(channel: Channel, now: dt.datetime) -> None:
    channel.failures += 1
    if channel.failures < BREAK_AFTER:
        return
    # Those of its lane that were under way when it broke do not make the pause longer.
    if channel.resumes_at is None or channel.resumes_at <= now:
        _rest(channel, now, pause_seconds(channel.pauses))
        channel.pauses += 1
        if channel.pauses == 1:
            logger.warning("channel %s is broken: %s", channel.pk, channel.last_error)
            facts = {"channel": channel.pk, "name": channel.name, "owner": channel.owner, "at": now.isoformat()}
            post(topic=FAILED_TOPIC, key=str(channel.pk), payload=facts)


def _rest(channel: Channel, now: dt.datetime, seconds: float) -> None:
    until = now + dt.timedelta(seconds=seconds)
    channel.resumes_at = max(until, channel.resumes_at or until)

"""Reads of channels and of what went through them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import masked_phone
from lianqin.kernel.actors import PERSON, Actor
from lianqin.kernel.numbers import whole
from relay.models import ROBOTS, Channel, ChannelKind, MessageState, OutgoingMessage
from relay.permissions import configures_channels, scopes_of
from relay.rules.channels import BREAK_AFTER

# A search reads the newest so many at a time, in some 30 ms; all of 200,000 took ten times as long.
SEARCHED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel does. ``state``: off, ok, shaky, broken or idle; figures of the last 24 hours."""

    channel: Channel
    state: str
    waiting: int
    sent: int
    dead: int


def messages_for(actor: Actor) -> QuerySet[OutgoingMessage]:
    """Newest first: all for the system administrator, those of their districts for the duty officers."""
    found = OutgoingMessage.objects.select_related("channel", "decided_by").order_by("-pk")
    return found if configures_channels(actor) else found.filter(scope__in=scopes_of(actor))


def narrowed_messages(
    found: QuerySet[OutgoingMessage],
    *,
    q: str = "",
    state: str = "",
    channel: str = "",
    since: dt.datetime | None = None,
) -> QuerySet[OutgoingMessage]:
    """``q`` is looked for in words, keys and answers."""
    if q:
        found = found.filter(
            Q(text__icontains=q) | Q(subject__icontains=q) | Q(key__icontains=q) | Q(response_excerpt__icontains=q)
        )
    if state:
        found = found.filter(state=state)
    if (channel_id := whole(channel)) is not None:
        found = found.filter(channel_id=channel_id)
    if since is not None:
        found = found.filter(created_at__gte=since)
    return found


def searched_stretch(
    found: QuerySet[OutgoingMessage], *, before: int | None = None
) -> tuple[QuerySet[OutgoingMessage], int | None]:
    """The newest of ``found`` that one search reads, and what to give as ``before`` for the older; None without any.

    ``found`` must not be narrowed by words yet. One query.
    """
    if before is not None:
        found = found.filter(pk__lt=before)
    edge = found.select_related(None).values_list("pk", flat=True)[SEARCHED_AT_ONCE - 1 : SEARCHED_AT_ONCE + 1]
    last = list(edge)
    if len(last) < 2:
        return found, None
    return found.filter(pk__gte=last[0]), last[0]


def message_counts(found: QuerySet[OutgoingMessage]) -> dict[str, int]:
    """State -> number; one query."""
    rows = found.order_by().values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(MessageState.values, 0) | dict(rows)


def channel_health(actor: Actor, now: dt.datetime) -> list[Health]:
    """Two queries. Duty officers see the channels, too: they carry their messages."""
    day = Q(created_at__gte=now - dt.timedelta(days=1))
    waiting = Q(state__in=(MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED))
    rows = (
        messages_for(actor)
        .select_related(None)
        .order_by()
        .filter(day | waiting)
        .values_list("channel_id")
        .annotate(
            waiting=Count("pk", filter=waiting),
            sent=Count("pk", filter=Q(state=MessageState.SENT)),
            dead=Count("pk", filter=Q(state=MessageState.DEAD)),
        )
    )
    figures = {pk: rest for pk, *rest in rows}
    return [
        Health(channel, health_of(channel, now), *figures.get(channel.pk, (0, 0, 0)))
        for channel in Channel.objects.order_by("-active", "name")
    ]


def health_of(channel: Channel, now: dt.datetime) -> str:
    if not channel.active:
        return "off"
    if (channel.resumes_at is not None and channel.resumes_at > now) or channel.failures >= BREAK_AFTER:
        return "broken"
    if channel.failures:
        return "shaky"
    return "ok" if channel.sent_at else "idle"


def masked_recipients(messages: Iterable[OutgoingMessage]) -> Mapping[int, str]:
    """Message id -> who, so that one who knows them recognizes them and nobody else can reach them. One query."""
    shown = list(messages)
    pks = {int(each.recipient[2:]) for each in shown if each.recipient.startswith(f"{PERSON}:")}
    people = User.objects.in_bulk(pks) if pks else {}
    return {each.pk: _masked(each, people) for each in shown}


def _masked(message: OutgoingMessage, people: Mapping[int, User]) -> str:
    if not message.recipient.startswith(f"{PERSON}:"):
        return _("工作群") if message.channel.kind in ROBOTS else "—"
    person = people.get(int(message.recipient[2:]))
    if person is None:
        return "—"
    if message.channel.kind == ChannelKind.SMS:
        return masked_phone(person.phone)
    name, _at, host = person.email.partition("@")
    return f"{name[:1]}***@{host}" if host else "—"

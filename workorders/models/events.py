"""The append-only history, hash-chained per order, and the daily root over all chains."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder

# Kinds by which an order may come up to the district.
RISES = ("escalate", "register_to_district", "rework", "relocate", "contest")


class Event(models.Model):
    """One fact. ``body`` is the text that was hashed; the columns repeat parts of it for queries.

    ``hash = sha256(previous hash + body)``. A trigger refuses UPDATE and DELETE. The table is partitioned by the month
    that the order's id carries: every query names the order, and then reads one partition.
    """

    # Found by event_order_seq, which is the primary key in the database; `id` comes from a sequence.
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField(_("流水号"))
    kind = models.CharField(_("动作"), max_length=32)
    at = models.DateTimeField(_("时间"))
    actor_kind = models.CharField(max_length=8)
    user_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    late = models.BooleanField(_("逾期"), default=False)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("流水")
        ordering = ("order_id", "seq")
        constraints = (models.UniqueConstraint(fields=("order", "seq"), name="event_order_seq"),)
        indexes = (
            # The district's page: what came up lately. These are few; other kinds pay nothing.
            models.Index(fields=("at",), condition=Q(kind__in=RISES), name="event_rises"),
        )

    def __str__(self) -> str:
        return f"{self.order_id}#{self.seq} {self.kind}"


class EventText(models.Model):
    """Free text of an event; the event holds its salted hash, so erasing it breaks no chain. Partitioned as events."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="+", db_index=False)
    # No constraint: it would ask for a second unique index on events. `verify_chain` finds a text without its event.
    event = models.ForeignKey(Event, models.CASCADE, related_name="texts", db_constraint=False, db_index=False)
    field = models.CharField(max_length=24)
    text = models.TextField()
    salt = models.CharField(max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = _("流水文本")
        constraints = (models.UniqueConstraint(fields=("order", "event", "field"), name="eventtext_once"),)

    def __str__(self) -> str:
        return self.text[:40]


class DailyRoot(models.Model):
    """One hash over a day's events in the order in which they left (relay sequence), chained to the day before."""

    day = models.DateField(unique=True)
    first_sequence = models.BigIntegerField(null=True)
    last_sequence = models.BigIntegerField()
    events = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    root = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("每日总摘要")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.root[:12]}"

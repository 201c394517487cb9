"""The shape of orders in answers. Personal data leave masked; nothing here reveals it.

Fields describe; what is sent is made by ``telling``, which says the same in a tenth of the time.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import User, UserKind
from workorders.api import telling
from workorders.models import Assignment, WorkOrder
from workorders.models import Request as ApprovalRequest
from workorders.rules.masking import mask_name
from workorders.states import OPEN, AssignmentStatus, Level, Outcome, RequestKind, Role, Tier


def shown_name(user: User) -> str:
    """Those in service by name, citizens by family name only."""
    return mask_name(str(user)) if user.kind == UserKind.CITIZEN else str(user)


class Named(serializers.Serializer[Any]):
    """A code for programs, a name for people."""

    code = serializers.CharField()
    name = serializers.CharField()


class NamedPlace(Named):
    name = serializers.CharField(source="short_name")


class Point(serializers.Serializer[Any]):
    """Degrees, WGS-84."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()


class OrderLine(serializers.ModelSerializer[WorkOrder]):
    """An order as a line of a list. ``version`` is what an action sends back to say what was seen."""

    title = serializers.CharField(source="text.title")
    address = serializers.CharField(source="text.address")
    status_label = serializers.CharField(source="get_status_display")
    level_label = serializers.CharField(source="get_level_display")
    source_label = serializers.CharField(source="get_source_display")
    urgency_label = serializers.CharField(source="get_urgency_display")
    category = Named(allow_null=True)
    street = NamedPlace(allow_null=True)
    community = NamedPlace(allow_null=True)
    grid = NamedPlace(allow_null=True)
    holder = NamedPlace(allow_null=True)
    master = serializers.SerializerMethodField(help_text="Number of the order merged into, for those who see it.")
    is_open = serializers.BooleanField()
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = WorkOrder
        fields: tuple[str, ...] = (
            "number", "title", "address", "status", "status_label", "level", "level_label", "highest_level", "urgency",
            "urgency_label", "source", "source_label", "external_ref", "category", "street", "community", "grid",
            "lon", "lat", "holder", "master", "on_site", "is_open", "due_at", "is_overdue", "supervision_tier",
            "version", "reported_at", "registered_at", "submitted_at", "ended_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_master(self, order: WorkOrder) -> str | None:
        """``masters`` of the context: the keys of those that the reader sees."""
        return order.master.number if order.master and order.master_id in self.context.get("masters", ()) else None

    def get_is_overdue(self, order: WorkOrder) -> bool:
        """By the clock of the database, where the query asked it."""
        now = getattr(order, "now", None)
        return bool(order.status in OPEN and order.due_at and now and order.due_at < now)

    def to_representation(self, instance: WorkOrder) -> dict[str, Any]:
        return telling.line(instance, self.context.get("masters", ()))


class Person(serializers.Serializer[Any]):
    """Somebody outside the service, masked."""

    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """A department's part. ``version`` is its own: joint actions do not make each other stale."""

    unit = NamedPlace()
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = serializers.CharField(source="get_role_display")
    status = serializers.ChoiceField(choices=AssignmentStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    level = serializers.ChoiceField(choices=Level.choices)
    is_live = serializers.BooleanField()
    acknowledged_by = serializers.CharField(source="acknowledged_by.get_full_name", default=None)
    finished_by = serializers.CharField(source="finished_by.get_full_name", default=None)

    class Meta:
        model = Assignment
        fields = (
            "id", "unit", "role", "role_label", "status", "status_label", "level", "version", "binding", "late",
            "is_live", "due_at", "dispatched_at", "acknowledged_at", "acknowledged_by", "finished_at", "finished_by",
            "instruction", "result",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Assignment) -> dict[str, Any]:
        return telling.assignment(instance)


class RequestOut(serializers.ModelSerializer[ApprovalRequest]):
    """Something that waits for, or had, somebody else's approval."""

    kind = serializers.ChoiceField(choices=RequestKind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    tier = serializers.ChoiceField(choices=Tier.choices)
    tier_label = serializers.CharField(source="get_tier_display")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    outcome_label = serializers.CharField(source="get_outcome_display")
    unit = NamedPlace()
    requester = serializers.CharField(source="requester.get_full_name", default=None)
    approver = serializers.CharField(source="approver.get_full_name", default=None)
    assignment = serializers.IntegerField(source="assignment_id", allow_null=True)
    payload = serializers.JSONField()

    class Meta:
        model = ApprovalRequest
        fields = (
            "id", "kind", "kind_label", "tier", "tier_label", "outcome", "outcome_label", "unit", "requester",
            "approver", "assignment", "requested_at", "decided_at", "reason", "answer", "payload",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: ApprovalRequest) -> dict[str, Any]:
        return telling.request(instance)


class OrderDetail(OrderLine):
    """Everything about one order but its history."""

    description = serializers.CharField(source="text.description")
    text_erased_at = serializers.DateTimeField(source="text.erased_at", allow_null=True)
    reporter = serializers.SerializerMethodField()
    affected_streets = serializers.SerializerMethodField()
    assignments = AssignmentOut(many=True)
    requests = RequestOut(many=True)

    class Meta(OrderLine.Meta):
        fields = (
            *OrderLine.Meta.fields, "description", "text_erased_at", "reporter", "affected_streets", "relocations",
            "returns", "failed_checks", "hand_downs", "shelvings", "reopenings", "contested", "last_seq",
            "assignments", "requests",
        )  # fmt: skip
        read_only_fields = fields

    def get_reporter(self, order: WorkOrder) -> dict[str, str]:
        return telling.reporter(order)

    def get_affected_streets(self, order: WorkOrder) -> list[str]:
        return list(self.context.get("affected_streets", ()))

    def to_representation(self, instance: WorkOrder) -> dict[str, Any]:
        masters, streets = self.context.get("masters", ()), self.context.get("affected_streets", ())
        return telling.detail(instance, masters, streets)


class OrderCreated(OrderDetail):
    possible_duplicates = serializers.SerializerMethodField()

    class Meta(OrderDetail.Meta):
        fields = (*OrderDetail.Meta.fields, "possible_duplicates")
        read_only_fields = fields

    def get_possible_duplicates(self, order: WorkOrder) -> list[dict[str, Any]]:
        return list(DuplicateOut(self.context.get("possible_duplicates", ()), many=True).data)

    def to_representation(self, instance: WorkOrder) -> dict[str, Any]:
        return super().to_representation(instance) | {"possible_duplicates": self.get_possible_duplicates(instance)}


class DuplicateOut(serializers.Serializer[Any]):
    """An open order that may tell of the same matter."""

    order = OrderLine()
    distance_m = serializers.IntegerField()
    age_seconds = serializers.IntegerField(help_text="Between the two reports.")


class OrderPage(serializers.Serializer[Any]):
    """A page of orders; follow ``next`` until it is null."""

    next = serializers.CharField(allow_null=True)
    results = OrderLine(many=True)


class Counts(serializers.Serializer[Any]):
    """``total`` counts ended orders, too; all else is about open ones."""

    total = serializers.IntegerField(help_text="At most 1,000.")
    total_is_exact = serializers.BooleanField(help_text="False where there are more, or may be.")
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_level = serializers.DictField(child=serializers.IntegerField())
    overdue_by_status = serializers.DictField(child=serializers.IntegerField())

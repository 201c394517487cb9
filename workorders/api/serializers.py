"""The shape of orders in answers. Personal data leave masked; nothing here reveals it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import User, UserKind
from workorders.models import Assignment, Attachment, WorkOrder
from workorders.models import Request as ApprovalRequest
from workorders.rules.masking import mask_name, mask_phone
from workorders.states import OPEN, AssignmentStatus, Level, Outcome, RequestKind, Role, Stage, Status, Tier


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
    master = serializers.CharField(source="master.number", default=None, help_text="Number of the order merged into.")
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

    def get_is_overdue(self, order: WorkOrder) -> bool:
        """By the clock of the database, where the query asked it."""
        now = getattr(order, "now", None)
        return bool(order.status in OPEN and order.due_at and now and order.due_at < now)


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


class NextStep(serializers.Serializer[Any]):
    """What the clock does next, and when."""

    name = serializers.CharField()
    effect = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    tier = serializers.IntegerField()
    consequence = serializers.CharField(allow_blank=True)


class TimerOut(serializers.Serializer[Any]):
    """A clock. Seconds are business seconds on its own calendar; ``remaining_seconds`` is negative when overdue."""

    id = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_label = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    state = serializers.CharField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    elapsed_seconds = serializers.FloatField()
    remaining_seconds = serializers.FloatField()
    total_seconds = serializers.FloatField()
    credited_seconds = serializers.FloatField()
    around_the_clock = serializers.BooleanField()
    assignment = serializers.IntegerField(allow_null=True)
    unit = NamedPlace(allow_null=True)
    request = serializers.IntegerField(allow_null=True)
    next_step = NextStep(allow_null=True)


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
        text = order.text
        return {"name": mask_name(text.reporter_name), "phone": mask_phone(text.reporter_phone)}

    def get_affected_streets(self, order: WorkOrder) -> list[str]:
        return list(self.context.get("affected_streets", ()))


class OrderCreated(OrderDetail):
    possible_duplicates = serializers.SerializerMethodField()

    class Meta(OrderDetail.Meta):
        fields = (*OrderDetail.Meta.fields, "possible_duplicates")
        read_only_fields = fields

    def get_possible_duplicates(self, order: WorkOrder) -> list[dict[str, Any]]:
        return list(DuplicateOut(self.context.get("possible_duplicates", ()), many=True).data)


class DuplicateOut(serializers.Serializer[Any]):
    """An open order that may tell of the same matter."""

    order = OrderLine()
    distance_m = serializers.IntegerField()
    age_seconds = serializers.IntegerField(help_text="Between the two reports.")


class EventActor(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)


class EventOut(serializers.Serializer[Any]):
    """One fact of the history. ``texts`` holds what has not been erased; ``hash`` chains to the event before."""

    seq = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField()
    late = serializers.BooleanField()
    is_machine = serializers.BooleanField()
    actor = EventActor()
    data = serializers.DictField()  # type: ignore[assignment]
    texts = serializers.DictField(child=serializers.CharField())
    hash = serializers.CharField()


class AttachmentOut(serializers.ModelSerializer[Attachment]):
    """A file. ``place`` and ``taken_at`` are what the picture's EXIF said; the stored picture holds none."""

    stage_label = serializers.CharField(source="get_stage_display")
    kind = serializers.SerializerMethodField()
    uploaded_by = serializers.SerializerMethodField()
    assignment = serializers.IntegerField(source="assignment_id", allow_null=True)
    place = serializers.SerializerMethodField()
    taken_at = serializers.DateTimeField(source="exif_at", allow_null=True)
    url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = (
            "key", "stage", "stage_label", "kind", "mime", "file_name", "size", "width", "height", "sha256",
            "assignment", "uploaded_by", "created_at", "place", "taken_at", "distance_m", "erased_at", "url",
            "thumbnail_url",
        )  # fmt: skip
        read_only_fields = fields

    def get_kind(self, attachment: Attachment) -> str:
        return attachment.mime.partition("/")[0]

    def get_uploaded_by(self, attachment: Attachment) -> str:
        return shown_name(attachment.uploaded_by) if attachment.uploaded_by is not None else ""

    def get_place(self, attachment: Attachment) -> dict[str, float] | None:
        if attachment.exif_lon is None or attachment.exif_lat is None:
            return None
        return {"lon": attachment.exif_lon, "lat": attachment.exif_lat}

    def get_url(self, attachment: Attachment) -> str | None:
        return None if attachment.erased_at else self._address(attachment, "file")

    def get_thumbnail_url(self, attachment: Attachment) -> str | None:
        return self._address(attachment, "thumbnail") if attachment.thumbnail_path else None

    def _address(self, attachment: Attachment, which: str) -> str:
        return reverse(f"api:work-order-attachment-{which}", args=[self.context["number"], attachment.key])


class OrderPage(serializers.Serializer[Any]):
    """A page of orders; follow ``next`` until it is null."""

    next = serializers.CharField(allow_null=True)
    results = OrderLine(many=True)


class Counts(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_level = serializers.DictField(child=serializers.IntegerField())
    overdue_by_status = serializers.DictField(child=serializers.IntegerField())


class OfferedChoice(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class OfferedInput(serializers.Serializer[Any]):
    """A field of an action. Without ``choices`` the values are too many; ``choices_url`` then says where they are."""

    name = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    max_length = serializers.IntegerField(allow_null=True)
    choices = OfferedChoice(many=True, allow_null=True)
    choices_url = serializers.CharField(allow_blank=True)


class OfferOut(serializers.Serializer[Any]):
    """Something that the actor may do now: POST the inputs and ``version`` to ``url``."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
    version = serializers.IntegerField()
    assignment = serializers.IntegerField(allow_null=True)
    asks_approval = serializers.BooleanField()
    target = serializers.ChoiceField(choices=Status.choices)
    target_level = serializers.ChoiceField(choices=Level.choices)
    needs = serializers.ListField(child=serializers.CharField())
    inputs = OfferedInput(many=True)


class OffersOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    version = serializers.IntegerField()
    actions = OfferOut(many=True)
    requests = RequestOut(many=True, help_text="Open requests that the actor may approve or refuse.")


class BatchResult(serializers.Serializer[Any]):
    number = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.CharField(help_text="The order's status afterwards, or empty if it was not seen.")
    code = serializers.CharField(help_text="Why not; empty if it was done.", allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class BatchOut(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchResult(many=True)

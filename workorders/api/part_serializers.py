"""The shape of what hangs on an order: clocks, history, files, offers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from workorders.api.serializers import NamedPlace, RequestOut, shown_name
from workorders.models import Attachment
from workorders.states import Level, Stage, Status


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
    calendar_warning = serializers.CharField(
        allow_blank=True, help_text="When the holidays of the due's year are not known yet."
    )
    assignment = serializers.IntegerField(allow_null=True)
    unit = NamedPlace(allow_null=True)
    request = serializers.IntegerField(allow_null=True)
    next_step = NextStep(allow_null=True)


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

"""The shape of documents of supervision, their moves, and the minutes of orders in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.api.serializers import SupervisionOrderOut
from dispatch.models import Accountability, SupervisionOrder, SupervisionReply
from dispatch.rules.supervision import MOST_DAYS, Measure
from dispatch.selectors.supervision import official_of
from workorders.models import WorkOrder
from workorders.rules.minutes import Account

TEXT = 2000


class ReplyOut(serializers.ModelSerializer[SupervisionReply]):
    unit = serializers.CharField(source="unit.code", read_only=True)
    by = serializers.CharField(read_only=True)
    judged_by = serializers.CharField(read_only=True, allow_null=True, default=None)

    class Meta:
        model = SupervisionReply
        fields = ("at", "unit", "by", "late", "text", "evidence", "verdict", "judged_at", "judged_by", "judgement")


class AccountabilityOut(serializers.ModelSerializer[Accountability]):
    after = serializers.CharField(source="after.number", read_only=True, allow_null=True, default=None)
    proposer = serializers.CharField(read_only=True)
    decider = serializers.CharField(read_only=True, allow_null=True, default=None)
    reviewer = serializers.CharField(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Accountability
        fields = (
            "after", "facts", "opinion", "measure", "proposer", "proposed_at", "decider", "decided_at", "decision",
            "appeal", "appealed_at", "appeal_until", "reviewer", "reviewed_at", "review",
        )  # fmt: skip


class DocumentOut(SupervisionOrderOut):
    official_number = serializers.SerializerMethodField()
    issuer = serializers.CharField(read_only=True, allow_null=True, default=None)
    issuer_unit = serializers.CharField(source="issuer_unit.code", read_only=True, allow_null=True, default=None)
    responsible = serializers.CharField(read_only=True, allow_null=True, default=None)
    replies = ReplyOut(many=True, read_only=True)
    accountability = serializers.SerializerMethodField()

    class Meta(SupervisionOrderOut.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *SupervisionOrderOut.Meta.fields, "official_number", "kind", "state", "by_hand", "demands", "issuer",
            "issuer_unit", "responsible", "reply_due_at", "missed_at", "closed_at", "closing", "replies",
            "accountability",
        )  # fmt: skip

    def get_official_number(self, document: SupervisionOrder) -> str:
        return official_of(document)

    @extend_schema_field(AccountabilityOut(allow_null=True))
    def get_accountability(self, document: SupervisionOrder) -> Any:
        record = getattr(document, "accountability", None)
        return AccountabilityOut(record).data if record else None


class ReminderIn(serializers.Serializer[Any]):
    order = serializers.CharField(max_length=24)
    unit = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    demands = serializers.CharField(max_length=TEXT, required=False, default="", allow_blank=True)


class IssueIn(serializers.Serializer[Any]):
    order = serializers.CharField(max_length=24)
    unit = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    tier = serializers.IntegerField(min_value=1, max_value=3, required=False)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False, help_text="working days to reply")
    demands = serializers.CharField(max_length=TEXT)


class AccountabilityIn(serializers.Serializer[Any]):
    order = serializers.CharField(max_length=24)
    unit = serializers.CharField(max_length=40)
    facts = serializers.CharField(max_length=TEXT)
    opinion = serializers.CharField(max_length=TEXT)
    measure = serializers.ChoiceField(choices=Measure.choices)
    after = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class ReplyIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT)
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=50, default=list, help_text="attachments of the order"
    )


class JudgeIn(serializers.Serializer[Any]):
    accept = serializers.BooleanField()
    judgement = serializers.CharField(max_length=TEXT, required=False, default="", allow_blank=True)


class CloseIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=TEXT)


class DecideIn(serializers.Serializer[Any]):
    uphold = serializers.BooleanField()
    decision = serializers.CharField(max_length=TEXT)


class AppealIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT)


class ReviewIn(serializers.Serializer[Any]):
    revoke = serializers.BooleanField()
    review = serializers.CharField(max_length=TEXT)


class SpentOut(serializers.Serializer[Any]):
    level = serializers.CharField()
    phase = serializers.CharField()
    seconds = serializers.IntegerField()


class PartOut(serializers.Serializer[Any]):
    unit = serializers.IntegerField(help_text="key of the unit")
    role = serializers.CharField()
    signing_seconds = serializers.IntegerField()
    handling_seconds = serializers.IntegerField()
    late = serializers.BooleanField()


class MinutesOut(serializers.Serializer[Any]):
    order = serializers.CharField()
    spent = SpentOut(many=True)
    departments = PartOut(many=True)


def minutes_out(order: WorkOrder, told: Account | None) -> dict[str, Any]:
    account = told or Account()
    return {
        "order": order.number,
        "spent": [
            {"level": level, "phase": phase.value, "seconds": round(seconds)}
            for (level, phase), seconds in account.spent.items()
        ],
        "departments": [
            {
                "unit": part.unit_id,
                "role": part.role,
                "signing_seconds": round(part.signing),
                "handling_seconds": round(part.handling),
                "late": part.late,
            }
            for part in account.parts.values()
        ],
    }


class WaitingOut(serializers.Serializer[Any]):
    """A request that the caller may decide."""

    order = serializers.CharField(source="order.number")
    title = serializers.CharField(source="order.text.title")
    what = serializers.CharField(source="kind")
    reason = serializers.CharField()
    requested_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(source="due", default=None, allow_null=True)


class DepartmentOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.short_name")
    part = serializers.CharField(source="role")
    progress = serializers.CharField(source="status")
    due_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()


class JointOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    title = serializers.CharField(source="text.title")
    stands_at = serializers.CharField(source="level")
    due_at = serializers.DateTimeField(allow_null=True)
    departments = DepartmentOut(source="assignments", many=True)


class DistrictOut(serializers.Serializer[Any]):
    requests = WaitingOut(many=True)
    documents = SupervisionOrderOut(many=True)
    joint = JointOut(many=True)

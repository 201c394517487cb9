"""What is sent and told of many orders at once."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workorders.api.inputs import MOST_IN_BATCH
from workorders.states import Status


class BatchIn(serializers.Serializer[Any]):
    numbers = serializers.ListField(child=serializers.CharField(max_length=24), max_length=MOST_IN_BATCH)
    comment = serializers.CharField(max_length=1000, required=False)


class BatchItemIn(serializers.Serializer[Any]):
    """As the inputs of `dispatch`; a report needs those of `register` beside them."""

    number = serializers.CharField(max_length=24)
    lead = serializers.CharField(help_text="code of a unit")
    assists = serializers.ListField(child=serializers.CharField(), required=False, help_text="codes of units")
    instruction = serializers.CharField(max_length=1000, required=False)
    conditions_confirmed = serializers.BooleanField(
        required=False, help_text="For a report: that it meets what its category asks for."
    )
    version = serializers.IntegerField(required=False, help_text="Version of the order as it was seen.")


class BatchDispatchIn(serializers.Serializer[Any]):
    items = BatchItemIn(many=True, help_text=f"at most {MOST_IN_BATCH}")


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


class ProposalOut(serializers.Serializer[Any]):
    """`lead` is empty where the order is left out: `why_not` says why."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    version = serializers.IntegerField()
    lead = serializers.CharField(allow_blank=True)
    lead_name = serializers.CharField(allow_blank=True)
    assists = serializers.ListField(child=serializers.CharField())
    assist_names = serializers.CharField(allow_blank=True)
    rule = serializers.CharField(allow_blank=True, help_text="Number in the responsibility list.")
    reason = serializers.CharField(allow_blank=True)
    registers = serializers.BooleanField(help_text="A report: it is registered by the same request.")
    conditions = serializers.ListField(child=serializers.CharField())
    why_not = serializers.CharField(allow_blank=True)

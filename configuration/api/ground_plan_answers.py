"""How the API of re-divisions answers, for its description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer[Any]


class PlaceOfPlan(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    street = serializers.CharField()


class MayShape(Shape):
    edit = serializers.BooleanField()
    submit = serializers.BooleanField()
    withdraw = serializers.BooleanField()
    reopen = serializers.BooleanField()
    decide = serializers.BooleanField()
    cancel = serializers.BooleanField()


class PlanLineShape(Shape):
    """A re-division. ``trouble`` says why it could not take effect when its day came."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    effective_on = serializers.DateField()
    version = serializers.IntegerField()
    drafted_by = serializers.CharField()
    drafted_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    opinion = serializers.CharField()
    in_force_at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.CharField()
    communities = PlaceOfPlan(many=True)
    fault_count = serializers.IntegerField()
    grid_count = serializers.IntegerField()
    may = MayShape()


class FaultShape(Shape):
    """What keeps a plan from being submitted; ``geometry`` is the red area, null where there is nothing to paint."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    community = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())
    square_metres = serializers.FloatField(allow_null=True)
    geometry = serializers.JSONField(allow_null=True)
    remedy = serializers.CharField()


class StepShape(Shape):
    number = serializers.IntegerField()
    act = serializers.CharField()
    act_label = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    detail = serializers.JSONField()


class CodeAndName(Shape):
    code = serializers.CharField()
    name = serializers.CharField()


class PlanShape(PlanLineShape):
    """``grids`` and ``outlines`` are GeoJSON FeatureCollections; ``ended``: grids in force that end with the plan."""

    grids = serializers.JSONField()
    outlines = serializers.JSONField()
    ended = CodeAndName(many=True)
    faults = FaultShape(many=True)
    steps = StepShape(many=True)
    outcome = serializers.JSONField()


class SteppedShape(Shape):
    """After an operation: the touched communities whole, the faults of the whole plan, how many slivers were closed."""

    plan = PlanLineShape()
    communities = serializers.ListField(child=serializers.CharField())
    grids = serializers.JSONField()
    outlines = serializers.JSONField()
    ended = CodeAndName(many=True)
    faults = FaultShape(many=True)
    steps = StepShape(many=True)
    repaired = serializers.IntegerField()
    square_metres = serializers.FloatField()


class TotalsShape(Shape):
    grids_before = serializers.IntegerField()
    grids_after = serializers.IntegerField()
    begun = serializers.IntegerField()
    reshaped = serializers.IntegerField()
    ended = serializers.IntegerField()
    orders = serializers.IntegerField()
    members = serializers.IntegerField()
    elements = serializers.IntegerField()


class GridChangeShape(Shape):
    """``change``: same, reshaped, described, ended or begun."""

    code = serializers.CharField()
    name = serializers.CharField()
    change = serializers.CharField()
    origins = serializers.ListField(child=serializers.CharField(), required=False)
    successors = serializers.ListField(child=serializers.CharField(), required=False)
    area_m2 = serializers.FloatField(allow_null=True)
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    orders_in = serializers.IntegerField()
    orders_out = serializers.IntegerField()
    members_in = serializers.IntegerField()
    members_out = serializers.IntegerField()
    elements_in = serializers.IntegerField()
    elements_out = serializers.IntegerField()


class MemberMoveShape(Shape):
    """``to`` and ``post_after`` are empty where nobody follows the grid."""

    name = serializers.CharField()
    post = serializers.CharField()
    post_after = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "from": serializers.CharField(), "to": serializers.CharField()}


class OrderMoveShape(Shape):
    """An open order that changes hands; officers see how many, not which: ``orders`` is empty for them."""

    number = serializers.CharField()
    status = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        ends = {"from": serializers.CharField(allow_null=True), "to": serializers.CharField(allow_null=True)}
        return {**super().get_fields(), **ends}


class PreviewShape(Shape):
    totals = TotalsShape()
    grids = GridChangeShape(many=True)
    members = MemberMoveShape(many=True)
    orders = OrderMoveShape(many=True)
    orders_more = serializers.IntegerField()

"""Allowances of building stewards, for programs: budgets, months, lists of payments."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from configuration.api.stewards import community_of
from configuration.api.training import Looked, told
from grids import services
from grids.selectors.allowances import Figures, budget_of, budgets, payment, payments
from lianqin.kernel.errors import NotVisible


class YearQuery(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100)


class FiguresOut(serializers.Serializer[Figures]):
    """Yuan."""

    planned = serializers.DecimalField(max_digits=12, decimal_places=2)
    committed = serializers.DecimalField(max_digits=12, decimal_places=2)
    paid = serializers.DecimalField(max_digits=12, decimal_places=2)
    available = serializers.DecimalField(max_digits=12, decimal_places=2)


class StewardBudgetIn(serializers.Serializer[Any]):
    community = serializers.CharField(max_length=15)
    year = serializers.IntegerField()
    planned = serializers.DecimalField(max_digits=10, decimal_places=2)


class CommitIn(serializers.Serializer[Any]):
    """``month`` is its first day."""

    community = serializers.CharField(max_length=15)
    month = serializers.DateField()


class StewardPaymentIn(serializers.Serializer[Any]):
    """``quarter`` is its first day."""

    community = serializers.CharField(max_length=15)
    quarter = serializers.DateField()


class StewardPaymentLineOut(serializers.Serializer[Any]):
    steward = serializers.CharField(source="steward.number")
    months = serializers.IntegerField()
    committed = serializers.DecimalField(max_digits=8, decimal_places=2)
    grade = serializers.CharField()
    share = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=8, decimal_places=2)


class StewardPaymentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    community = serializers.CharField(source="community.code")
    quarter = serializers.DateField()
    total = serializers.DecimalField(max_digits=10, decimal_places=2)
    state = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    opinion = serializers.CharField()


class StewardPaymentDecisionIn(serializers.Serializer[Any]):
    approve = serializers.BooleanField()
    seen = serializers.DateTimeField(help_text="submitted_at of the draft that was read")
    opinion = serializers.CharField(max_length=500, allow_blank=True, default="")


class Budgets(Looked):
    """The figures of every community in a year; POST plans one."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[YearQuery], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        rows = budgets(told(YearQuery, request.query_params)["year"])
        return Response([{"community": each.code, **FiguresOut(figures).data} for each, figures in rows])

    @extend_schema(request=StewardBudgetIn, responses=FiguresOut)
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(StewardBudgetIn, request.data)
        community = community_of(values.pop("community"))
        services.set_budget(by=self.actor, community=community, **values)
        return Response(FiguresOut(budget_of(community.pk, values["year"])).data)


class Commitments(ApiView):
    """Take a month's allowance of everybody on duty; 409 ``over_budget`` says the figures."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CommitIn, responses=OpenApiTypes.OBJECT)
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(CommitIn, request.data)
        community = community_of(values["community"])
        added = services.commit_month(by=self.actor, community=community, month=values["month"])
        return Response({"added": added, **FiguresOut(budget_of(community.pk, values["month"].year)).data})


class Payments(Looked):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=StewardPaymentOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(StewardPaymentOut(payments()[:200], many=True).data)

    @extend_schema(request=StewardPaymentIn, responses={201: StewardPaymentOut})
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(StewardPaymentIn, request.data)
        community = community_of(values["community"])
        made = services.draft_payment(by=self.actor, community=community, quarter=values["quarter"])
        return Response(StewardPaymentOut(made).data, status=status.HTTP_201_CREATED)


class OnePayment(Looked):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        found = payment(pk)
        if found is None:
            raise NotVisible
        return Response(
            {**StewardPaymentOut(found).data, "lines": StewardPaymentLineOut(found.lines.all(), many=True).data}
        )


class SubmitPayment(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=StewardPaymentOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return Response(StewardPaymentOut(services.submit_payment(by=self.actor, payment_id=pk)).data)


class WithdrawPayment(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=StewardPaymentOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return Response(StewardPaymentOut(services.withdraw_payment(by=self.actor, payment_id=pk)).data)


class DecidePayment(ApiView):
    """Approve a list or send it back; never one's own."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=StewardPaymentDecisionIn, responses=StewardPaymentOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return Response(
            StewardPaymentOut(
                services.decide_payment(by=self.actor, payment_id=pk, **told(StewardPaymentDecisionIn, request.data))
            ).data
        )

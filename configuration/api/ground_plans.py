"""Re-divisions over HTTP: drafted, previewed, submitted, decided, cancelled. The map editor uses nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotency
from configuration.api import ground_plan_answers as answers
from configuration.api import ground_plan_inputs as inputs
from configuration.api import ground_plan_shapes as shapes
from configuration.permissions import answers_for_ground
from configuration.selectors.ground_plan_preview import preview
from grids import services
from grids.models import GroundPlan
from grids.selectors import plan_of, plans
from lianqin.kernel.errors import NotAllowed


def told(kind: type[inputs.Body], data: Any) -> dict[str, Any]:
    body = kind(data=data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class PlanView(ApiView):
    """Open to whoever drafts or approves."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not answers_for_ground(self.actor):
            raise NotAllowed


class Plans(PlanView):
    """Re-divisions, the newest first; a new one copies the ground in force of its scope."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[inputs.PlanQuery], responses=answers.PlanLineShape(many=True))
    def get(self, request: Request) -> Response:
        asked = told(inputs.PlanQuery, request.query_params)
        return Response([shapes.line(plan, self.actor) for plan in plans(state=asked.get("state", ""))])

    @extend_schema(request=inputs.NewPlan, responses={201: answers.PlanShape})
    def post(self, request: Request) -> HttpResponse:
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            plan = services.draft_plan(**told(inputs.NewPlan, request.data), by=self.actor)
            return memory.keep(Response(shapes.whole(plan.pk, self.actor), status=status.HTTP_201_CREATED))


class OnePlan(PlanView):
    """A re-division with its grids as GeoJSON, its faults and its steps."""

    action_permissions = {"get": AUTHENTICATED, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=answers.PlanShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.whole(pk, self.actor))

    @extend_schema(request=inputs.PlanChange, responses=answers.PlanShape)
    def patch(self, request: Request, pk: int) -> Response:
        services.describe_plan(plan_id=pk, by=self.actor, **told(inputs.PlanChange, request.data))
        return Response(shapes.whole(pk, self.actor))


class Preview(PlanView):
    """What changes hands: grids, posts, open orders, elements. Officers are told how many orders, not which."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=answers.PreviewShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(preview(plan_of(pk), self.actor))


class Decisive(PlanView):
    """A verb without further inputs; answers with the plan."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    verb: ClassVar[Callable[..., GroundPlan]]

    @extend_schema(request=inputs.Seen, responses=answers.PlanShape)
    def post(self, request: Request, pk: int) -> Response:
        type(self).verb(plan_id=pk, by=self.actor, **told(inputs.Seen, request.data))
        return Response(shapes.whole(pk, self.actor))


class Submit(Decisive):
    """Hand it to the second person; 409 ``plan_not_ready`` with its faults."""

    verb = staticmethod(services.submit_plan)


class Reopen(Decisive):
    """Take it back from the second person, to go on drafting."""

    verb = staticmethod(services.reopen_plan)


class Withdraw(Decisive):
    """Give it up for good."""

    verb = staticmethod(services.withdraw_plan)


class Cancel(Decisive):
    """Cancel one that is waiting for its day."""

    verb = staticmethod(services.cancel_plan)


class Decide(PlanView):
    """Approve it, or send it back with an opinion. Whoever drafted any of it may not."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=inputs.Decision, responses=answers.PlanShape)
    def post(self, request: Request, pk: int) -> Response:
        data = told(inputs.Decision, request.data)
        verb = services.approve_plan if data.pop("approve") else services.refuse_plan
        verb(plan_id=pk, by=self.actor, **data)
        return Response(shapes.whole(pk, self.actor))

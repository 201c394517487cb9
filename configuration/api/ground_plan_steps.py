"""The operations of the map editor: each is one step of a plan, and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE
from configuration.api import ground_plan_answers as answers
from configuration.api import ground_plan_inputs as inputs
from configuration.api import ground_plan_shapes as shapes
from configuration.api.ground_plans import PlanView, told
from grids import services

V = TypeVar("V", bound=type[PlanView])


def _step(body: type[inputs.Body]) -> Callable[[V], V]:
    """Describe what a step takes and gives."""
    described: Callable[[V], V] = extend_schema_view(post=extend_schema(request=body, responses=answers.SteppedShape))
    return described


class StepView(PlanView):
    """One operation; answers with what it touched."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    body: ClassVar[type[inputs.Body]]
    verb: ClassVar[Callable[..., services.Stepped]]

    def post(self, request: Request, pk: int) -> Response:
        done = type(self).verb(plan_id=pk, by=self.actor, **self.told(request))
        return Response(shapes.stepped(done, self.actor))

    def told(self, request: Request) -> dict[str, Any]:
        return told(self.body, request.data)


@_step(inputs.Split)
class Split(StepView):
    """Cut a grid along a drawn line."""

    body, verb = inputs.Split, staticmethod(services.split_grid)


@_step(inputs.Merge)
class Merge(StepView):
    """Make one grid of adjacent ones."""

    body, verb = inputs.Merge, staticmethod(services.merge_grids)


@_step(inputs.Reshape)
class Reshape(StepView):
    """Give a grid another boundary; its neighbours give and get."""

    body, verb = inputs.Reshape, staticmethod(services.reshape_grid)


@_step(inputs.Move)
class Move(StepView):
    """Move vertices in every grid that shares them."""

    body, verb = inputs.Move, staticmethod(services.move_vertices)

    def told(self, request: Request) -> dict[str, Any]:
        data = super().told(request)
        return {**data, "moves": [(each["from"], each["to"]) for each in data["moves"]]}


@_step(inputs.Draw)
class Draw(StepView):
    """Draw a grid into uncovered ground, or cut it out of the grids there."""

    body, verb = inputs.Draw, staticmethod(services.draw_grid)


@_step(inputs.Remove)
class Remove(StepView):
    """Take a grid out of the plan."""

    body, verb = inputs.Remove, staticmethod(services.remove_grid)


@_step(inputs.Describe)
class Describe(StepView):
    """Change attributes of a planned grid."""

    body, verb = inputs.Describe, staticmethod(services.describe_grid)

    def told(self, request: Request) -> dict[str, Any]:
        data = super().told(request)
        own = {name: data.pop(name) for name in ("version", "code", "new_code")}
        return {**own, "values": data}


@_step(inputs.Repair)
class Repair(StepView):
    """Close slivers between the grids of the plan."""

    body, verb = inputs.Repair, staticmethod(services.repair_plan)


@_step(inputs.Seen)
class Undo(StepView):
    """Take back the last step; 409 ``nothing_to_undo`` if there is none."""

    body, verb = inputs.Seen, staticmethod(services.undo_step)

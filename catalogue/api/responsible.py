"""Who is responsible here for this, over HTTP."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from catalogue.rules import Level
from catalogue.selectors.lists import UnitFacts, book
from catalogue.selectors.responsible import Answer, responsible, spot_of_point
from lianqin.kernel.errors import NotAllowed, NotVisible


class ResponsibleQuery(serializers.Serializer[dict[str, Any]]):
    """``category`` is a code; the point is WGS-84 degrees; without a level both are answered; ``on`` another day."""

    category = serializers.CharField(max_length=16)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    level = serializers.ChoiceField(Level.choices, required=False)
    on = serializers.DateField(required=False)


class Responsible(ApiView):
    """Who leads and who assists at a point, by which rule, and why the other rules did not decide. For staff."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[ResponsibleQuery], responses=dict)
    def get(self, request: Request) -> Response:
        if not self.actor.posts and not self.actor.officer:
            raise NotAllowed
        query = ResponsibleQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        told = query.validated_data
        category = next((each for each in book().categories.values() if each.code == told["category"]), None)
        if category is None or category.level != 2:
            raise NotVisible(_("没有这个事项"))
        spot = spot_of_point(told["lon"], told["lat"])
        levels = [told["level"]] if "level" in told else Level.values
        day = told.get("on")
        answers = [responsible(category=category, spot=spot, level=each, on=day, explain=True) for each in levels]
        return Response({"results": [shape_of(answer) for answer in answers]})


def shape_of(answer: Answer) -> dict[str, Any]:
    """An answer as JSON; ``lead`` is null where nobody leads, and ``why_nobody`` says why."""
    return {
        "level": answer.level,
        "lead": _unit(answer.lead) if answer.lead else None,
        "assisting": [_unit(unit) for unit in answer.assisting],
        "decided_by": answer.decided_by,
        "number": answer.number,
        "text": answer.text,
        "version": answer.version,
        "legal_basis": answer.legal_basis,
        "deadline": {"amount": answer.amount, "unit": answer.amount_unit} if answer.amount else None,
        "why_nobody": answer.why_nobody,
        "passed": [{"number": each.number, "text": each.text, "why": each.why} for each in answer.passed],
    }


def _unit(unit: UnitFacts) -> dict[str, Any]:
    return {"code": unit.code, "name": unit.name, "phone": unit.phone, "vertical": unit.vertical}

"""Trials of other deadlines and hours of duty, through the API."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from catalogue.rules import Level
from dispatch.models import Trial
from dispatch.rules.replaying import STAGES
from dispatch.selectors.trials import trial_for, trials_for
from dispatch.services import trials as services

MOST = 100


class HoursIn(serializers.Serializer[Any]):
    now = serializers.ListField(child=serializers.ListField(child=serializers.CharField(max_length=5)), max_length=8)
    then = serializers.ListField(child=serializers.ListField(child=serializers.CharField(max_length=5)), max_length=8)


class TrialIn(serializers.Serializer[Any]):
    """Months as their first days. ``shares``: percent of the present time by stage; ``hours``: by level."""

    name = serializers.CharField(max_length=60)
    since = serializers.DateField()
    until = serializers.DateField()
    shares = serializers.DictField(
        child=serializers.IntegerField(), default=dict, help_text="、".join(str(each) for each in STAGES)
    )
    hours = serializers.DictField(child=HoursIn(), default=dict, help_text="、".join(Level.values))
    draft = serializers.IntegerField(required=False, allow_null=True, default=None)


class TrialOut(serializers.ModelSerializer[Trial]):
    by = serializers.CharField(source="by.full_name", read_only=True)
    draft = serializers.CharField(source="draft.name", default=None, read_only=True)
    result = serializers.JSONField(read_only=True, allow_null=True)

    class Meta:
        model = Trial
        fields = (
            "id", "name", "since", "until", "shares", "hours", "draft", "changes", "state", "done", "total", "result",
            "message", "by", "created_at", "finished_at",
        )  # fmt: skip


class Trials(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(responses=TrialOut(many=True))
    def get(self, request: Request) -> Response:
        """The newest hundred trials of the district."""
        return Response(TrialOut(trials_for(self.actor)[:MOST], many=True).data)

    @extend_schema(request=TrialIn, responses={202: TrialOut})
    def post(self, request: Request) -> Answer:
        """Ask what past orders would have met; a worker answers."""
        trials_for(self.actor)
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = TrialIn(data=request.data)
            asked.is_valid(raise_exception=True)
            data = dict(asked.validated_data)
            draft_id = data.pop("draft")
            trial = services.start_trial(**data, draft_id=draft_id, by=self.actor)
            return memory.keep(Response(TrialOut(trial).data, status=202))


class OneTrial(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "delete": BY_SERVICE}

    @extend_schema(responses=TrialOut)
    def get(self, request: Request, pk: int) -> Response:
        """One trial: how far it has come, or its result."""
        return Response(TrialOut(trial_for(self.actor, pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Answer:
        """Delete a trial that is over."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.drop_trial(trial_id=pk, by=self.actor)
            return memory.keep(Response(status=204))


class TrialStop(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=TrialOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Give up a trial that is under way."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            return memory.keep(Response(TrialOut(services.stop_trial(trial_id=pk, by=self.actor)).data))

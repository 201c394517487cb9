"""How one is told, and in which words, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from dispatch.errors import NotAllowed, NotVisible
from dispatch.rules.kinds import KINDS, TO_CITIZENS, label_of
from dispatch.rules.messages import MOST_BUNDLE_MINUTES, Words, default_words
from dispatch.selectors.message_words import templates
from dispatch.selectors.preferences import Sheet, sheet_of, units_to_set
from dispatch.services import set_message_template, set_preferences
from relay.permissions import configures_channels


class WishIn(serializers.Serializer[Any]):
    """``choices``: way (``sms``, ``mail``; ``robot`` of a unit) -> kind -> whether, where it is not the standard."""

    choices = serializers.DictField(child=serializers.DictField(child=serializers.BooleanField()))
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    bundle_minutes = serializers.IntegerField(min_value=0, max_value=MOST_BUNDLE_MINUTES)


class ChoiceOut(serializers.Serializer[Any]):
    way = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    on = serializers.BooleanField()


class NoticePreferenceOut(serializers.Serializer[Any]):
    unit = serializers.CharField(allow_null=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    bundle_minutes = serializers.IntegerField()
    choices = ChoiceOut(many=True)


class PreferenceQuery(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=40, required=False, help_text="a unit of the caller that has a robot")


class TemplateIO(serializers.Serializer[Any]):
    single = serializers.CharField(max_length=200)
    bundle = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


class MessageTemplateOut(TemplateIO):
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    changed = serializers.BooleanField()


def _told(sheet: Sheet) -> dict[str, Any]:
    boxes = [box for _title, rows in sheet.groups for row in rows for box in row.choices]
    wishes = sheet.wishes
    return dict(
        NoticePreferenceOut(
            {
                "unit": sheet.unit.code if sheet.unit else None,
                "quiet_from": wishes.quiet_from,
                "quiet_until": wishes.quiet_until,
                "bundle_minutes": wishes.bundle_minutes,
                "choices": [
                    {"way": box.way, "kind": box.kind, "kind_label": label_of(box.kind), "on": box.on} for box in boxes
                ],
            }
        ).data
    )


class NoticePreferences(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "put": BY_SERVICE}

    @extend_schema(parameters=[PreferenceQuery], responses=NoticePreferenceOut)
    def get(self, request: Request) -> Response:
        """How the caller is told, or the robots of a unit of theirs."""
        return Response(_told(self._sheet(request)))

    @extend_schema(parameters=[PreferenceQuery], request=WishIn, responses=NoticePreferenceOut)
    def put(self, request: Request) -> Response:
        """Say how."""
        sheet = self._sheet(request)
        told = WishIn(data=request.data)
        told.is_valid(raise_exception=True)
        code = sheet.unit.code if sheet.unit else ""
        set_preferences(by=self.actor, unit_code=code, **told.validated_data)
        return Response(_told(self._sheet(request)))

    def _sheet(self, request: Request) -> Sheet:
        if self.actor.officer:
            raise NotAllowed
        code = request.query_params.get("unit", "")
        unit = next((each for each in units_to_set(self.actor) if each.code == code), None) if code else None
        if code and unit is None:
            raise NotVisible
        return sheet_of(self.actor, unit)


class MessageTemplates(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="message_templates_list", responses=MessageTemplateOut(many=True))
    def get(self, request: Request) -> Response:
        """The words of every kind. For the system administrator."""
        if not configures_channels(self.actor):
            raise NotAllowed
        changed = templates()
        told = [_words(kind, changed.get(kind), kind in changed) for kind in (*KINDS, *TO_CITIZENS)]
        return Response(MessageTemplateOut(told, many=True).data)


class MessageTemplate(ApiView):
    action_permissions: ClassVar = {"put": BY_SERVICE, "delete": BY_SERVICE}

    @extend_schema(request=TemplateIO, responses=MessageTemplateOut)
    def put(self, request: Request, kind: str) -> Response:
        """Change the words of a kind; only known placeholders."""
        told = TemplateIO(data=request.data)
        told.is_valid(raise_exception=True)
        words = set_message_template(kind=kind, words=Words(**told.validated_data), by=self.actor)
        return Response(MessageTemplateOut(_words(kind, words, words != default_words(kind))).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, kind: str) -> Response:
        """Go back to the standard words."""
        set_message_template(kind=kind, words=None, by=self.actor)
        return Response(status=204)


def _words(kind: str, words: Words | None, changed: bool) -> dict[str, Any]:
    shown = words or default_words(kind)
    return {
        "kind": kind,
        "kind_label": label_of(kind),
        "single": shown.single,
        "bundle": shown.bundle,
        "changed": changed,
    }

"""Writes of how people wish to be told, and of the words it is told in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.models import DispatchPreference, MessageTemplate
from dispatch.rules.kinds import KINDS, TO_CITIZENS
from dispatch.rules.messages import MOST_BUNDLE_MINUTES, ROBOT, WAYS, Words, default_words, faults_of
from dispatch.selectors.preferences import robots_of
from grids.models import Unit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed
from relay.permissions import configures_channels


@transaction.atomic
def set_preferences(
    *,
    by: Actor,
    choices: Mapping[str, Mapping[str, bool]],
    quiet_from: dt.time | None,
    quiet_until: dt.time | None,
    bundle_minutes: int,
    unit_code: str = "",
) -> DispatchPreference:
    """Keep how the caller is told, or with ``unit_code`` the robots of a unit of theirs. Raises NotAllowed, Invalid."""
    _check(choices, quiet_from, quiet_until, bundle_minutes, ways=(ROBOT,) if unit_code else tuple(WAYS))
    if by.user_id is None or by.officer:
        raise NotAllowed
    whose: dict[str, Any] = {"user_id": by.user_id}
    if unit_code:
        unit = Unit.objects.filter(code=unit_code, pk__in=by.unit_ids).first()
        if unit is None or not robots_of({unit.pk}):
            raise NotAllowed
        whose = {"unit_id": unit.pk}
    told = {
        "choices": {way: dict(kinds) for way, kinds in choices.items()},
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "bundle_minutes": bundle_minutes,
    }
    row, _new = DispatchPreference.objects.update_or_create(defaults=told, **whose)
    if unit_code:
        audit(actor_id=by.user_id, action="robot_preferences_changed", object_label=f"unit:{unit_code}", detail=choices)
    return row


def _check(
    choices: Mapping[str, Mapping[str, bool]],
    quiet_from: dt.time | None,
    quiet_until: dt.time | None,
    bundle_minutes: int,
    *,
    ways: tuple[str, ...],
) -> None:
    found: dict[str, list[str]] = {}
    if (quiet_from is None) != (quiet_until is None):
        found["quiet_from"] = [_("请填写开始和结束，或都不填")]
    if not 0 <= bundle_minutes <= MOST_BUNDLE_MINUTES:
        found["bundle_minutes"] = [_("请填写 0 到 %d") % MOST_BUNDLE_MINUTES]
    if set(choices) - set(ways) or any(set(kinds) - set(KINDS) for kinds in choices.values()):
        found["choices"] = [_("没有这样的类别或方式")]
    if found:
        raise Invalid(fields=found)


@transaction.atomic
def set_message_template(*, kind: str, words: Words | None, by: Actor) -> Words:
    """Change the words of a kind, or with None go back to the standard ones. Raises NotAllowed, Invalid."""
    if not configures_channels(by):
        raise NotAllowed
    if kind not in KINDS and kind not in TO_CITIZENS:
        raise Invalid(fields={"kind": [_("没有这样的类别")]})
    row = MessageTemplate.objects.select_for_update().filter(kind=kind).first()
    before = Words(row.single, row.bundle) if row else default_words(kind)
    if words is not None and kind in TO_CITIZENS:
        words = Words(words.single, "")
    if words is not None and (faults := faults_of(words, kind)):
        raise Invalid(fields={name: [why] for name, why in faults.items()})
    after = words or default_words(kind)
    if after == before:
        return after
    if after == default_words(kind):
        MessageTemplate.objects.filter(kind=kind).delete()
    else:
        MessageTemplate.objects.update_or_create(kind=kind, defaults={"single": after.single, "bundle": after.bundle})
    detail = {"single": [before.single, after.single], "bundle": [before.bundle, after.bundle]}
    audit(actor_id=by.user_id, action="message_template_changed", object_label=f"template:{kind}", detail=detail)
    return after

"""Keys change: all that is sealed is sealed anew, wherever it lies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.core.management import call_command

from citizens.models import IntakeKey, IntakeMessage
from citizens.services.retention import keep_retention
from citizens.services.rotating import PLACES
from citizens.services.seals import CONTENTS, SECRETS
from lianqin.kernel import clock
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder


def test_every_sealed_column_is_known() -> None:
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if "sealed" in field.name and field.get_internal_type() in ("TextField", "CharField", "BinaryField")
    }
    assert {(place.model._meta.label, place.column) for place in PLACES} == found


def test_secrets_and_messages_of_platforms_open_with_the_new_key_alone(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_CONTACT_KEYS = settings.LIANQIN_CHANNEL_KEYS = ["the-old-key-of-forty-letters-at-least-0001"]
    sender = opened(desk, "hotline_12345")
    sender.send(call("GD-1"))
    both = ["the-new-key-of-forty-letters-at-least-0002", *settings.LIANQIN_CONTACT_KEYS]
    settings.LIANQIN_CONTACT_KEYS = settings.LIANQIN_CHANNEL_KEYS = both
    call_command("rotate_contact_keys", verbosity=0)
    settings.LIANQIN_CONTACT_KEYS = settings.LIANQIN_CHANNEL_KEYS = both[:1]
    message = IntakeMessage.objects.get()
    assert "路灯不亮" in CONTENTS.open(message.sealed_raw)
    assert "路灯不亮" in CONTENTS.open(message.sealed_fields)
    assert SECRETS.open(IntakeKey.objects.get().sealed) == sender.secret
    assert sender.send(call("GD-2")).status_code == 201


def test_what_platforms_sent_goes_180_days_after_the_end(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    for number in ("GD-1", "GD-2", "GD-3"):
        sender.send(call(number))
    for number, days in (("GD-1", 181), ("GD-2", 179)):
        ended = clock.now() - dt.timedelta(days=days)
        WorkOrder.objects.filter(external_ref=number).update(status="voided", ended_at=ended)
    assert keep_retention()["intake"] == 1
    left = IntakeMessage.objects.exclude(sealed_raw="").values_list("external_ref", flat=True).order_by("id")
    assert list(left) == ["GD-2", "GD-3"]
    # The number is still known: a repeat is answered with the first.
    assert sender.send(call("GD-1")).status_code == 200

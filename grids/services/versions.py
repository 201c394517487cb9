"""The version of the ground: every process looks again when it changes."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F

from .. import ground
from ..models import GroundVersion


def touch_ground() -> None:
    """Tell every process that divisions or units changed. Call it in the transaction of the change."""
    GroundVersion.objects.get_or_create(pk=1)
    GroundVersion.objects.filter(pk=1).update(number=F("number") + 1, stamp=uuid.uuid4())
    ground.look_again()
    transaction.on_commit(ground.look_again)

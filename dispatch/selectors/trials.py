"""Reads of trials."""

from __future__ import annotations

from django.db.models import QuerySet

from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import Trial
from dispatch.permissions import may_try_out
from lianqin.kernel.actors import Actor


def trials_for(actor: Actor) -> QuerySet[Trial]:
    """Everybody's trials, newest first: they hold sums only. Raise NotAllowed."""
    if not may_try_out(actor):
        raise NotAllowed
    return Trial.objects.select_related("by", "draft").order_by("-pk")


def trial_for(actor: Actor, trial_id: int) -> Trial:
    """Raise NotAllowed, NotVisible."""
    trial = trials_for(actor).filter(pk=trial_id).first()
    if trial is None:
        raise NotVisible
    return trial

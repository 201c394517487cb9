"""Four eyes: who drafts does not approve. The owner of a draft asks for permission first, then calls these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction

from accounts.errors import DraftDecided, DraftNotOpen, DraftStale, SecondPersonNeeded
from accounts.services.auditing import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import Drafted, DraftState
from lianqin.kernel.errors import NotVisible

D = TypeVar("D", bound=Drafted)


def lock_draft(model: type[D], pk: int) -> D:
    """Return the draft, locked until the transaction ends. Raise NotVisible."""
    draft = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if draft is None:
        raise NotVisible
    return draft


def require_open(draft: Drafted) -> None:
    """Raise DraftNotOpen unless it may still be edited: a draft, or one that was sent back."""
    if draft.state not in (DraftState.DRAFT, DraftState.REFUSED):
        raise DraftNotOpen(state=draft.state)


def require_seen(draft: Drafted, seen: dt.datetime | None) -> None:
    """Raise DraftStale if it was submitted anew since it was read; what is submitted does not change otherwise."""
    if seen is not None and seen != draft.submitted_at:
        raise DraftStale(submitted_at=draft.submitted_at and draft.submitted_at.isoformat())


@transaction.atomic
def submit_draft(model: type[D], pk: int, *, by: Actor, detail: Mapping[str, Any] | None = None) -> D:
    """Hand the draft to the second person. Raise NotVisible, DraftNotOpen."""
    draft = lock_draft(model, pk)
    require_open(draft)
    return _move(draft, DraftState.SUBMITTED, by, detail, submitted_at=Now(), decided_by=None, decided_at=None)


@transaction.atomic
def withdraw_draft(model: type[D], pk: int, *, by: Actor) -> D:
    """Give it up, or take it back while nobody has decided. Raise NotVisible, DraftDecided."""
    draft = lock_draft(model, pk)
    if draft.state in (DraftState.APPROVED, DraftState.WITHDRAWN):
        raise DraftDecided(state=draft.state)
    return _move(draft, DraftState.WITHDRAWN, by, None)


@transaction.atomic
def decide_draft(
    model: type[D],
    pk: int,
    *,
    by: Actor,
    approve: bool,
    opinion: str = "",
    seen: dt.datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> D:
    """Approve it or send it back. ``seen`` is the ``submitted_at`` of what the second person read; None does not ask.

    Raise NotVisible, DraftDecided, DraftStale, SecondPersonNeeded.
    """
    draft = lock_draft(model, pk)
    if draft.state != DraftState.SUBMITTED:
        raise DraftDecided(state=draft.state)
    if by.user_id is None or by.user_id == draft.serializable_value("drafted_by"):
        raise SecondPersonNeeded
    require_seen(draft, seen)
    state = DraftState.APPROVED if approve else DraftState.REFUSED
    return _move(draft, state, by, detail, decided_by_id=by.user_id, decided_at=Now(), opinion=opinion)


def _move(draft: D, state: str, by: Actor, detail: Mapping[str, Any] | None, **values: Any) -> D:
    before = draft.state
    type(draft)._default_manager.filter(pk=draft.pk).update(state=state, **values)
    draft.refresh_from_db()
    audit(
        actor_id=by.user_id,
        action=f"{draft._meta.app_label}.{draft._meta.model_name}_{state}",
        object_label=f"{draft._meta.verbose_name} {draft.pk}",
        detail={"before": before, "after": str(state), **(detail or {})},
    )
    return draft

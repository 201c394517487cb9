"""Bring a version of a reader into use, or out of it: two persons decide."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import ReadingState, TextModel
from citizens.permissions import may_teach
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible, WrongState


@transaction.atomic
def propose_model(*, model_id: int, by: Actor) -> TextModel:
    """Ask a second person to bring it into use. Raises NotAllowed, NotVisible, WrongState."""
    model = _locked(model_id, by, {ReadingState.DRAFT, ReadingState.RETIRED})
    model.state, model.automatic = ReadingState.PROPOSED, False
    model.proposed_by_id, model.approved_by_id = by.user_id, None
    return _kept(model, by, "citizens.reading_proposed")


@transaction.atomic
def approve_model(*, model_id: int, by: Actor) -> TextModel:
    """The second person brings it into use instead of the one before. Raises as above."""
    model = _locked(model_id, by, {ReadingState.PROPOSED})
    if model.proposed_by_id == by.user_id:
        raise NotAllowed(_("提请人本人不能确认，请由另一人处理"), code="same_person")
    before = TextModel.objects.filter(kind=model.kind, state=ReadingState.ACTIVE)
    before.update(state=ReadingState.RETIRED, retired_at=Now())
    model.state, model.approved_by_id = ReadingState.ACTIVE, by.user_id
    model.activated_at, model.retired_at = Now(), None
    return _kept(model, by, "citizens.reading_activated")


@transaction.atomic
def retire_model(*, model_id: int, by: Actor) -> TextModel:
    """Take it out of use, or take back what was proposed: one person may, since nothing is suggested afterwards."""
    model = _locked(model_id, by, {ReadingState.ACTIVE, ReadingState.PROPOSED})
    model.state, model.retired_at = ReadingState.RETIRED, Now()
    return _kept(model, by, "citizens.reading_retired")


def _locked(model_id: int, by: Actor, states: set[ReadingState]) -> TextModel:
    if not may_teach(by):
        raise NotAllowed
    model = TextModel.objects.select_for_update().filter(pk=model_id).first()
    if model is None:
        raise NotVisible
    if model.state not in states:
        raise WrongState(_("这个版本已是「%s」，请刷新后再看") % model.get_state_display())
    return model


def _kept(model: TextModel, by: Actor, action: str) -> TextModel:
    model.save()
    audit(actor_id=by.user_id, action=action, object_label=str(model), detail={"digest": model.digest})
    model.refresh_from_db()
    return model

"""Readers on the desk: how well they read, which is in use, and have a new one taught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from citizens.models import ReadingState
from citizens.pages.reading import reading_page, training_note
from citizens.permissions import may_teach
from citizens.services.reading_training import ask_for_training
from citizens.services.reading_versions import approve_model, propose_model, retire_model
from citizens.tasks import teach_readers
from citizens.views.desk import DeskPage
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from lianqin.kernel.numbers import whole

STEPS: dict[str, Callable[..., Any]] = {"propose": propose_model, "approve": approve_model, "retire": retire_model}
OFFERED = (ReadingState.DRAFT, ReadingState.RETIRED)


class ReadingView(DeskPage):
    """For who may have readers taught."""

    def may(self, actor: Actor) -> bool:
        return may_teach(actor)

    def get(self, request: HttpRequest) -> HttpResponse:
        page = reading_page()
        note = training_note(page.training) if page.training else ""
        return self.show("desk/reading", reading=page, note=note, offered=OFFERED, me=self.actor.user_id)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, action = self.actor, request.POST.get("action", "")
        try:
            if action == "train":
                ask_for_training(by=actor)
                _wake()
                messages.success(request, _("已开始训练，完成后会列在下面"))
            elif action in STEPS and (model := whole(request.POST.get("model"))) is not None:
                STEPS[action](model_id=model, by=actor)
                messages.success(request, _("已完成"))
        except DomainError as error:
            messages.error(request, str(error.message))
        return redirect("desk:reading")


def _wake() -> None:
    """Without a broker the training waits for the clock."""
    try:
        teach_readers.delay()
    except OperationalError:
        return

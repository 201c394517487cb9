"""What every page of the configuration shares: its section, who may open it, and how it is shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from configuration.pages.sections import BY_NAME, sections_for
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotAllowed


@method_decorator(never_cache, name="dispatch")
class ConfigurationPage(LoginRequiredMixin, View):
    """A page of one section; shut unless the section is open to who asks."""

    section: ClassVar[str] = ""
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            section = BY_NAME.get(self.section)
            if section is None or not section.seen_by(actor_of(request)):
                raise NotAllowed
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def show(self, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        """Render ``templates/configuration/<template>`` inside the frame of the configuration."""
        frame = {
            "nav": "configuration",
            "section": BY_NAME[self.section],
            "sections": sections_for(self.actor),
            "unit_name": BY_NAME[self.section].title,
        }
        return render(self.request, f"configuration/{template}", {**frame, **(context or {})}, status=status)

    def tell(self, text: Any) -> None:
        """Say what was done, on the next page."""
        messages.success(self.request, str(text))

    def refuse(self, refusal: DomainError) -> None:
        """Say on the next page why it was not done, and which fields to mend."""
        told = [f"{texts[0]}" for texts in refusal.fields.values() if texts]
        messages.error(self.request, " ".join([str(refusal.message), *map(str, told)]))

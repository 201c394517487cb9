"""Where staff finds what is to be done for citizens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from accounts.selectors import actor_of
from citizens.pages.desk import groups_for


class DeskView(LoginRequiredMixin, TemplateView):
    template_name = "citizens/desk/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav="desk", groups=groups_for(actor_of(self.request)), **kwargs)

"""Where staff finds what is to be done for citizens, and what the pages behind it share."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.selectors import actor_of
from citizens.pages.desk import groups_for
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed


@method_decorator(never_cache, name="dispatch")
class DeskPage(LoginRequiredMixin, View):
    """A page for whom ``may`` lets in. Others are refused before anything is read."""

    request: HttpRequest

    def may(self, actor: Actor) -> bool:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.may(actor_of(request)):
            raise NotAllowed
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Render ``templates/citizens/<template>.html`` in the frame of the desk."""
        return render(self.request, f"citizens/{template}.html", {"nav": "desk", **context}, status=status)


class DeskView(LoginRequiredMixin, TemplateView):
    template_name = "citizens/desk/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav="desk", groups=groups_for(actor_of(self.request)), **kwargs)

"""Documents of supervision: the list, one of them with what may be done to it, and new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch import services
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import SupervisionOrder
from dispatch.pages import supervision as pages
from dispatch.pages.supervision_new import asked_of, form_of
from dispatch.selectors.official_files import file_of
from dispatch.selectors.supervision import counted, document_for, narrowed, open_to, pictures_of, supervision_orders_for
from grids.models import Street, Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from lianqin.kernel.numbers import whole
from workorders.models import WorkOrder
from workorders.pages.queue import unit_name
from workorders.selectors import visible_to

PAGE = 30
FILTERS = ("kind", "state", "unit", "street", "overdue", "q")


def _posted(actor: Actor) -> None:
    if not any(post.unit_id for post in actor.posts):
        raise NotAllowed


@method_decorator(never_cache, name="dispatch")
class SupervisionView(LoginRequiredMixin, LaggingMixin, View):
    """The documents that the actor sees; printed, the same list without its frame."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        _posted(actor)
        asked = {name: request.GET.get(name, "") for name in FILTERS}
        seen, now = supervision_orders_for(actor), clock.now()
        page = Paginator(narrowed(seen, asked), PAGE).get_page(request.GET.get("page"))
        counts = counted(seen)
        context: dict[str, Any] = {
            "nav": "supervision",
            "unit_name": unit_name(actor),
            "asked": asked,
            "counts": counts,
            "page": page,
            "lines": [pages.line_of(document, now) for document in page],
            "units": Unit.objects.filter(pk__in=seen.order_by().values("unit_id").distinct()).order_by("code"),
            "streets": Street.objects.defer("boundary").order_by("code"),
            "now": now,
            **pages.choices(counts),
        }
        return render(request, "dispatch/supervision/list.html", context)


@method_decorator(never_cache, name="dispatch")
class DocumentView(LoginRequiredMixin, View):
    """One document: what it demands, what was answered, and what the actor may do about it."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._show(request, number)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        do = DOINGS.get(request.POST.get("do", ""))
        if do is None:
            raise NotVisible
        try:
            do(number, request.POST, actor_of(request))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._show(request, number, refusal)
        return redirect("dispatch:supervision-order", number)

    def _show(self, request: HttpRequest, number: str, refusal: DomainError | None = None) -> HttpResponse:
        actor, now = actor_of(request), clock.now()
        document = document_for(actor, number)
        replies = list(document.replies.all())
        pictures = pictures_of(document)
        context = {
            "nav": "supervision",
            "unit_name": unit_name(actor),
            "document": document,
            "line": pages.line_of(document, now),
            "facts": pages.facts_of(document),
            "steps": pages.steps_of(document, replies, pictures),
            "may": open_to(actor, document, replies, now),
            "pictures": list(pictures.values()),
            "refusal": refusal,
            "typed": request.POST if refusal else {},
            "now": now,
        }
        status = refusal.status if refusal else 200
        return render(request, "dispatch/supervision/one.html", context, status=status)


def _reply(number: str, data: QueryDict, by: Actor) -> object:
    chosen = [pk for text in data.getlist("evidence") if (pk := whole(text)) is not None]
    return services.reply(number=number, text=data.get("text", ""), evidence=chosen, by=by)


DOINGS: Mapping[str, Callable[[str, QueryDict, Actor], object]] = {
    "acknowledge": lambda number, data, by: services.acknowledge(number=number, by=by),
    "reply": _reply,
    "accept": lambda number, data, by: services.judge(
        number=number, accept=True, judgement=data.get("judgement", ""), by=by
    ),
    "send_back": lambda number, data, by: services.judge(
        number=number, accept=False, judgement=data.get("judgement", ""), by=by
    ),
    "close": lambda number, data, by: services.close_document(number=number, reason=data.get("reason", ""), by=by),
    "uphold": lambda number, data, by: services.decide_accountability(
        number=number, uphold=True, decision=data.get("decision", ""), by=by
    ),
    "dismiss": lambda number, data, by: services.decide_accountability(
        number=number, uphold=False, decision=data.get("decision", ""), by=by
    ),
    "appeal": lambda number, data, by: services.appeal(number=number, text=data.get("text", ""), by=by),
    "confirm": lambda number, data, by: services.review_appeal(
        number=number, revoke=False, review=data.get("review", ""), by=by
    ),
    "revoke": lambda number, data, by: services.review_appeal(
        number=number, revoke=True, review=data.get("review", ""), by=by
    ),
}


@method_decorator(never_cache, name="dispatch")
class DocumentFileView(LoginRequiredMixin, LaggingMixin, View):
    """The document in its official form, to print (PDF) or to edit further (Word)."""

    def get(self, request: HttpRequest, number: str, form: str) -> HttpResponse:
        document = document_for(actor_of(request), number)
        return file_of(document, form)


@method_decorator(never_cache, name="dispatch")
class DocumentNewView(LoginRequiredMixin, View):
    """Remind, supervise or propose accountability, from an order."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["kind"] not in CREATIONS:
            raise NotVisible
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, order: str, kind: str) -> HttpResponse:
        return self._show(request, self._order(request, order), kind)

    def post(self, request: HttpRequest, order: str, kind: str) -> HttpResponse:
        found, actor = self._order(request, order), actor_of(request)
        try:
            document: SupervisionOrder = CREATIONS[kind](order_id=found.pk, by=actor, **asked_of(kind, request.POST))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._show(request, found, kind, refusal)
        return redirect("dispatch:supervision-order", document.number)

    def _order(self, request: HttpRequest, number: str) -> WorkOrder:
        order = visible_to(actor_of(request)).filter(number=number).select_related("text", "street", "holder").first()
        if order is None:
            raise NotVisible
        return order

    def _show(
        self, request: HttpRequest, order: WorkOrder, kind: str, refusal: DomainError | None = None
    ) -> HttpResponse:
        actor = actor_of(request)
        form = form_of(actor, order, kind, request.POST if refusal else request.GET)
        context = {
            "nav": "supervision",
            "unit_name": unit_name(actor),
            "order": order,
            "form": form,
            "refusal": refusal,
        }
        return render(request, "dispatch/supervision/new.html", context, status=refusal.status if refusal else 200)


CREATIONS: Mapping[str, Callable[..., SupervisionOrder]] = {
    "reminder": services.remind,
    "supervision": services.order_supervision,
    "accountability": services.propose_accountability,
}

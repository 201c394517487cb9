"""Pages of staff: calls to be made, orders drawn, pictures to be shown."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from citizens.models import Callback, CallOutcome
from citizens.pages import following as pages
from citizens.selectors import following as selectors
from citizens.services import callbacks, draws, publishing
from citizens.views.desk import DeskPage
from citizens.views.following import grades_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole
from lianqin.kernel.paging import BoundedPaginator
from workorders.models import WorkOrder

PAGE, MOST_SHOWN = 30, 900


class FollowingDesk(DeskPage):
    """For whoever checks or supervises orders."""

    def may(self, actor: Actor) -> bool:
        return selectors.looks_after_citizens(actor)


class CallbacksView(FollowingDesk):
    """What is to be called, in the order of its deadline."""

    def get(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        actor, now = self.actor, clock.now()
        calls, number = selectors.calls_for(actor, now), request.GET.get("number", "")[:40]
        found = BoundedPaginator(calls.filter(order__number=number) if number else calls, PAGE, most=MOST_SHOWN)
        page = found.get_page(request.GET.get("page"))
        orders = [each.order for each in page]
        rows = {row.order_id: row for row in Callback.objects.filter(order__in=orders).order_by("generation")}
        lines = [(each, pages.call_of(each.order, rows.get(each.order_id), actor, now)) for each in page]
        return self.show(
            "desk/callbacks", status, page=page, lines=lines, now=now, questions=pages.questions(None),
            outcomes=CallOutcome.choices, most=callbacks.MOST_TRIES, number=number,
            **context,
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, did = self.actor, request.POST.get("do", "")
        order = WorkOrder.objects.filter(number=request.POST.get("number", "")).first()
        if order is None:
            raise NotVisible
        try:
            if did == "claim":
                callbacks.claim_call(order_id=order.pk, by=actor)
            elif did == "release":
                callbacks.release_call(order_id=order.pk, by=actor)
            else:
                callbacks.record_call(
                    order_id=order.pk, outcome=did, by=actor, grades=grades_of(request),
                    words=request.POST.get("words", ""),
                )  # fmt: skip
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self.get(request, refusal.status, faults=refusal.texts)
        response = redirect("desk:callbacks")
        if did == "claim":
            # To its questions, wherever in the list it stands.
            response["Location"] += f"?number={order.number}"
        return response


class SpotChecksView(FollowingDesk):
    """What was drawn and waits, and the draws."""

    def get(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        actor = self.actor
        page = Paginator(selectors.spot_checks_for(actor), PAGE).get_page(request.GET.get("page"))
        bound = selectors.bound_orders([each.order_id for each in page], actor)
        lines = [(each, each.order_id not in bound) for each in page]
        drawn = selectors.draws_for(actor)[:14]
        return self.show("desk/spot_checks", status, page=page, lines=lines, draws=drawn, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = self.actor
        passed = request.POST.get("do") == "pass"
        try:
            found, check = request.POST.get("found", ""), whole(request.POST.get("check")) or 0
            draws.judge(check_id=check, passed=passed, found=found, by=actor)
        except NotVisible:
            raise
        except DomainError as refusal:
            return self.get(request, refusal.status, faults=refusal.texts, typed=request.POST)
        return redirect("desk:spot-checks")


class DrawView(FollowingDesk):
    """A draw with everything that it takes to repeat it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draw = selectors.draws_for(self.actor).filter(pk=pk).first()
        if draw is None:
            raise NotVisible
        drawn = set(draw.drawn)
        numbers = [(number, number in drawn) for number in draw.population]
        return self.show("desk/draw", draw=draw, numbers=numbers, faults=draws.faults_of(draw))


class PicturesView(FollowingDesk):
    """Orders with pictures on which nobody has decided."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = BoundedPaginator(selectors.orders_to_show(self.actor), PAGE, most=MOST_SHOWN)
        return self.show("desk/pictures", page=found.get_page(request.GET.get("page")))


class OrderPicturesView(FollowingDesk):
    """The pictures of one order: blur and show, or keep back."""

    def get(self, request: HttpRequest, number: str, status: int = 200, **context: Any) -> HttpResponse:
        order = self.order(number)
        return self.show("desk/order_pictures", status, order=order, lines=selectors.decisions_on(order), **context)

    def order(self, number: str) -> WorkOrder:
        mine = selectors.checked_by(self.actor)
        found = WorkOrder.objects.filter(mine, number=number).select_related("text").first()
        if found is None:
            raise Http404
        return found

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order, actor, did = self.order(number), self.actor, request.POST.get("do", "")
        try:
            if did == "withdraw":
                publishing.withdraw_picture(pk=whole(request.POST.get("decision")) or 0, by=actor)
            else:
                found = order.attachments.filter(pk=whole(request.POST.get("attachment")) or 0).first()
                if found is None:
                    raise NotVisible
                rectangles = rectangles_of(request) if did == "publish" else []
                publishing.publish_picture(
                    attachment_id=found.pk, rectangles=rectangles, by=actor, shown=did == "publish"
                )
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self.get(request, number, refusal.status, faults=refusal.texts)
        return redirect("desk:order-pictures", number)


def rectangles_of(request: HttpRequest) -> list[list[int]]:
    """The fields of the form, a row a rectangle; rows that nobody filled in are left out."""
    columns = [request.POST.getlist(name)[: publishing.MOST + 1] for name in ("left", "top", "width", "height")]
    rows = [row for row in zip(*columns, strict=False) if any(value.strip() for value in row)]
    return [[-1 if (side := whole(value, 5)) is None else side for value in row] for row in rows]

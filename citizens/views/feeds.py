"""What streets closed last: a page for people, feeds for their readers."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView

from citizens.pages.feeds import MINUTES, TYPES, WRITERS, Feed, Item, items_of
from citizens.selectors.open_data import closed_in_street, streets_in_force
from citizens.selectors.site import district_name
from citizens.views.base import PublicPage
from grids.models import Street

MOST = 50


class FeedsView(PublicPage, TemplateView):
    """The streets that there are."""

    template_name = "citizens/open_data/feeds.html"
    nav = "statistics"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(streets=list(streets_in_force()), **kwargs)


class ClosedView(PublicPage, TemplateView):
    """What a street closed last, with what its feeds say."""

    template_name = "citizens/open_data/closed.html"
    nav = "statistics"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        street, items = _closed(self.kwargs["code"], self.request)
        return super().get_context_data(street=street, items=items, forms=list(TYPES), most=MOST, **kwargs)


@method_decorator(gzip_page, name="dispatch")
class FeedView(View):
    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, code: str, form: str) -> HttpResponseBase:
        if form not in WRITERS:
            raise Http404
        street, items = _closed(code, request)
        written = WRITERS[form](_feed(request, street, items))
        etag = f'"{hashlib.sha256(written).hexdigest()[:32]}"'
        answer = get_conditional_response(request, etag=etag)
        if answer is None:
            answer = HttpResponse(written, content_type=f"{TYPES[form]}; charset=utf-8")
        answer.headers["ETag"] = etag
        answer.headers["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(answer, public=True, max_age=MINUTES * 60 // 6)
        return answer


def _closed(code: str, request: HttpRequest) -> tuple[Street, list[Item]]:
    """Raises Http404 for a street that is none."""
    street, orders = closed_in_street(code, MOST)
    if street is None:
        raise Http404
    return street, items_of(orders, _home(request, code))


def _home(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("citizens:street-closed", args=[code]))


def _feed(request: HttpRequest, street: Street, items: list[Item]) -> Feed:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Feed(
        title=_("%(street)s：最近办结") % {"street": street.name}
        + (_("（演示数据）") if settings.LIANQIN_DEMO else ""),
        told=_("%(street)s最近办结的公开事项：什么事、哪个社区、用了多久。") % {"street": street.name},
        author=_("%(district)s大联勤") % {"district": district_name()},
        home=_home(request, street.code),
        own=request.build_absolute_uri(),
        updated_at=items[0].ended_at if items else midnight,
        items=items,
    )

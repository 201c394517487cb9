"""Numbers for everybody: the page, the files, and what describes them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView

from citizens.models import StatisticsMonth
from citizens.pages import downloads
from citizens.pages.statistics import TREND_MONTHS, Published, trend
from citizens.rules.suppression import TOTAL
from citizens.selectors.open_data import months_of, published_months
from citizens.selectors.site import district_name
from citizens.views.base import PublicPage

KEPT_SECONDS = 3600
# Raised whenever the files look different: what was fetched before is then fetched again.
EDITION = 1
WRITERS: dict[str, Callable[[Iterable[StatisticsMonth]], bytes]] = {"csv": downloads.as_csv, "json": downloads.as_json}


class StatisticsView(PublicPage, TemplateView):
    template_name = "citizens/open_data/statistics.html"
    nav = "statistics"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = list(published_months().values_list("month", flat=True))
        common = {"least": settings.LIANQIN_OPEN_DATA_LEAST, "licence": settings.LIANQIN_OPEN_DATA_LICENCE}
        common["licence_url"] = settings.LIANQIN_OPEN_DATA_LICENCE_URL
        if not known:
            return super().get_context_data(known=known, **common, **kwargs)
        month = self._asked_month(known)
        rows = list(published_months().filter(month__lte=month)[:TREND_MONTHS])
        shown = Published(rows[0])
        street = self.request.GET.get("street", "")
        name = shown.street_name(street)
        if street and not name:
            raise Http404
        place = street or TOTAL
        return super().get_context_data(
            known=known,
            month=month,
            shown=shown,
            street=street,
            street_name=name,
            whole=shown.line(place, TOTAL, "", ""),
            kinds=shown.by_kind(place),
            streets=[] if street else shown.by_street(),
            points=trend(rows, place, month),
            years=sorted({each.year for each in known}, reverse=True),
            **common | {"least": rows[0].least},
            **kwargs,
        )

    def _asked_month(self, known: list[dt.date]) -> dt.date:
        asked = self.request.GET.get("month", "")
        if not asked:
            return known[0]
        for month in known:
            if f"{month:%Y-%m}" == asked:
                return month
        raise Http404


@method_decorator(gzip_page, name="dispatch")
class DataView(View):
    """All that was published, of a year, or of a month. It changes once a month: whoever has it is told so."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, span: str, form: str) -> HttpResponseBase:
        if form not in WRITERS:
            raise Http404
        etag = _etag(form, _months(span))
        if (answer := get_conditional_response(request, etag=etag)) is None:
            answer = HttpResponse(_file(span, form, etag), content_type=f"{downloads.FORMS[form]}; charset=utf-8")
            if form == "csv":
                answer["Content-Disposition"] = f'attachment; filename="orders-{span}.csv"'
        return _kept(answer, etag)


@method_decorator(gzip_page, name="dispatch")
class PackageView(View):
    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        rows = months_of().defer("contents")
        etag = _etag("package", rows)
        if (answer := get_conditional_response(request, etag=etag)) is None:
            told = downloads.package(
                rows,
                title=_("%(district)s工单公开数据") % {"district": district_name()},
                home=request.build_absolute_uri(reverse("citizens:statistics")),
            )
            answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
        return _kept(answer, etag)


@lru_cache(maxsize=16)
def _file(span: str, form: str, etag: str) -> bytes:
    """Written once for every edition."""
    return WRITERS[form](_months(span))


def _months(span: str) -> QuerySet[StatisticsMonth]:
    """Raises Http404 for what was not published."""
    if span == "data":
        return months_of()
    known = {f"{month:%Y-%m}" for month in published_months().values_list("month", flat=True)}
    year, _dash, month = span.partition("-")
    if not any(span in (each, each[:4]) for each in known):
        raise Http404
    return months_of(int(year), int(month) if month else None)


def _etag(form: str, rows: QuerySet[StatisticsMonth]) -> str:
    digests = rows.values_list("digest", flat=True)
    licence = (settings.LIANQIN_OPEN_DATA_LICENCE, settings.LIANQIN_OPEN_DATA_LICENCE_URL)
    told = "\n".join((str(EDITION), form, *licence, *digests))
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _kept(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    answer.headers["ETag"] = etag
    # Programs of other sites may read what everybody may read.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(answer, public=True, max_age=KEPT_SECONDS)
    return answer

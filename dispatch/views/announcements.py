"""Pages of announcements: the list, one, the editor, who has read it."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import Announcement, AnnouncementState
from dispatch.pages import announcements as pages
from dispatch.permissions import announces_for
from dispatch.selectors import announcements as selectors
from dispatch.services import announcements as services
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from workorders.pages.queue import unit_name

PAGE, READERS = 30, 100


@method_decorator(never_cache, name="dispatch")
class AnnouncementPage(LoginRequiredMixin, View):
    """What the pages of announcements share: nobody without a post has any."""

    def actor(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if not actor.posts:
            raise NotAllowed
        return actor

    def show(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        actor = actor_of(request)
        context |= {"nav": "announcements", "unit_name": unit_name(actor), "may_write": any(announces_for(actor))}
        return render(request, f"dispatch/announcements/{template}.html", context, status=status)


class AnnouncementsView(AnnouncementPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor = self.actor(request)
        tab = request.GET.get("tab", "")
        mine = tab == "written"
        found = selectors.written_by(actor) if mine else selectors.announcements_for(actor, unread=tab == "unread")
        words = request.GET.get("q", "").strip()[:80]
        if words:
            found = found.filter(title__icontains=words) | found.filter(body__icontains=words)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        return self.show(request, "list", page=page, tab=tab, words=words)


class AnnouncementView(AnnouncementPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = self.actor(request)
        row = selectors.announcement_for(actor, pk)
        own = selectors.written_by(actor).filter(pk=pk).exists()
        if row.state == AnnouncementState.PUBLISHED:
            services.open_announcement(pk=pk, by=actor)
        context: dict[str, Any] = {"own": own, "past": _past(row.expires_at)}
        if own and row.state != AnnouncementState.DRAFT:
            readers = selectors.readers_of(row)
            context |= {
                "readers": readers,
                "page": Paginator(readers.people, READERS).get_page(request.GET.get("page")),
            }
        elif own:
            context["reached"] = selectors.readers_of(row).total
        return self.one(request, row, **context, asked=self._asks(row, actor))

    def one(self, request: HttpRequest, row: Announcement, status: int = 200, **context: Any) -> HttpResponse:
        return self.show(request, "one", status, row=row, audience=pages.audience(row), **context)

    def _asks(self, row: Announcement, actor: Actor) -> bool:
        """Whether this reader is asked to confirm it."""
        if not row.must_read or row.state != AnnouncementState.PUBLISHED:
            return False
        return selectors.announcements_for(actor, unconfirmed=True).filter(pk=row.pk).exists()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor, did = self.actor(request), request.POST.get("do", "")
        if did == "drop":
            services.drop_announcement(pk=pk, by=actor)
            return redirect("dispatch:announcements")
        try:
            self._do(did, pk, actor, request.POST.get("reason", ""))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            row = selectors.announcement_for(actor, pk)
            texts = [str(refusal.message), *(str(text) for each in refusal.fields.values() for text in each)]
            return self.one(request, row, refusal.status, own=True, faults=list(dict.fromkeys(texts)))
        return redirect("dispatch:announcement", pk)

    def _do(self, did: str, pk: int, actor: Actor, reason: str) -> None:
        match did:
            case "publish":
                services.publish_announcement(pk=pk, by=actor)
            case "withdraw":
                services.withdraw_announcement(pk=pk, reason=reason, by=actor)
            case "remind":
                services.remind_unread(pk=pk, by=actor)
            case "confirm":
                services.confirm_announcement(pk=pk, by=actor)


def _past(moment: Any) -> bool:
    return moment is not None and moment <= clock.now()


class AnnouncementEditView(AnnouncementPage):
    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        actor = self._writer(request)
        given = pages.of_row(selectors.own_announcement(actor, pk)) if pk else pages.of_post(request.GET)
        return self.show(request, "edit", editor=pages.editor(actor, given, pk=pk, faults={}))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        actor = self._writer(request)
        given = pages.of_post(request.POST)
        try:
            row = services.save_announcement(pk=pk, data=pages.asked_of(given), by=actor)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            edited = pages.editor(actor, given, pk=pk, faults=refusal.fields, message=str(refusal.message))
            return self.show(request, "edit", refusal.status, editor=edited)
        return redirect("dispatch:announcement", row.pk)

    def _writer(self, request: HttpRequest) -> Actor:
        actor = self.actor(request)
        if not any(announces_for(actor)):
            raise NotAllowed
        return actor


class AnnouncementReadersView(AnnouncementPage):
    """Everybody addressed, as a file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = selectors.own_announcement(self.actor(request), pk)
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="announcement-{row.pk}.csv"'
        answer.write("\ufeff")  # So that spreadsheets read it as UTF-8.
        sheet = csv.writer(answer)
        sheet.writerow([_("姓名"), _("单位或网格"), _("打开时间"), _("确认时间")])
        for each in selectors.readers_of(row).people:
            moments = [pages.shown_moment(moment).replace("T", " ") for moment in (each.opened_at, each.confirmed_at)]
            sheet.writerow([_plain(each.user.full_name), _plain(each.unit), *moments])
        return answer


def _plain(text: str) -> str:
    """No formula, whatever somebody is called."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

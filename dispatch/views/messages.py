"""What was sent to the outside and what was not, and what is decided about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages as told
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.errors import NotAllowed, NotVisible
from dispatch.rules.kinds import label_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from lianqin.kernel.numbers import whole
from relay.models import Channel, MessageState, OutgoingMessage
from relay.permissions import configures_channels, reads_messages
from relay.rules.channels import MOST_ATTEMPTS
from relay.selectors.channels import (
    channel_health,
    masked_recipients,
    message_counts,
    messages_for,
    narrowed_messages,
    searched_stretch,
)
from relay.services import discard_message, resend_message

PAGE_SIZE = 50
DAYS = (
    ("1", gettext_lazy("24 小时")),
    ("7", gettext_lazy("7 天")),
    ("30", gettext_lazy("30 天")),
    ("", gettext_lazy("全部")),
)


@method_decorator(never_cache, name="dispatch")
class MessagesPage(LoginRequiredMixin, View):
    """For the system administrator and the duty officers of the district."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not reads_messages(actor_of(request)):
            raise NotAllowed
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {"nav": "messages", "unit_name": _("消息发送记录"), "may_decide": configures_channels(self.actor)}
        return render(self.request, f"dispatch/{template}", {**frame, **context}, status=status)


class Messages(MessagesPage):
    """Newest first, with the health of the channels."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("q", "state", "channel")}
        days = request.GET.get("days", "7")
        days = days if days in dict(DAYS) else "7"
        now = clock.now()
        since = now - dt.timedelta(days=int(days)) if days else None
        within = narrowed_messages(messages_for(self.actor), since=since)
        found = narrowed_messages(within, state=asked["state"], channel=asked["channel"])
        before, older = whole(request.GET.get("before")), None
        if asked["q"]:
            found, older = searched_stretch(found, before=before)
            found = narrowed_messages(found, q=asked["q"])
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        counts = message_counts(within)
        context = {
            "page": page,
            "lines": _lines(list(page)),
            "asked": asked,
            "narrowed": any(asked.values()),
            "older": older,
            "since": _moment_of(within, older),
            "before": before if asked["q"] else None,
            "days": days,
            "spans": DAYS,
            "states": [(value, label, counts[value]) for value, label in MessageState.choices],
            "total": sum(counts.values()),
            "channels": Channel.objects.order_by("name").values_list("pk", "name"),
            "health": channel_health(self.actor, now),
        }
        return self.show("messages.html", context)


def _moment_of(within: QuerySet[OutgoingMessage], pk: int | None) -> dt.datetime | None:
    """When the eldest message that was searched was written; None where all were."""
    return None if pk is None else within.filter(pk=pk).values_list("created_at", flat=True).first()


def _lines(rows: list[OutgoingMessage]) -> list[tuple[OutgoingMessage, str, str]]:
    whom = masked_recipients(rows)
    return [(each, whom[each.pk], kind_of(each)) for each in rows]


def kind_of(message: OutgoingMessage) -> str:
    return {"test": _("测试"), "several": _("合并通知"), "citizen_code": _("登录验证码")}.get(
        message.template
    ) or label_of(message.template)


class OneMessage(MessagesPage):
    """One message with everything known of it; what did not go can be mended and sent, or discarded."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("subject", "text", "reason")}
        try:
            if request.POST.get("do") == "discard":
                discard_message(message_id=pk, by=self.actor, reason=typed["reason"])
                told.success(request, _("已停止发送"))
            else:
                resend_message(message_id=pk, by=self.actor, **typed)
                told.success(request, _("已重新排队"))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._page(pk, refusal, typed)
        return redirect("dispatch:message", pk=pk)

    def _page(self, pk: int, refusal: DomainError | None = None, typed: dict[str, str] | None = None) -> HttpResponse:
        message = messages_for(self.actor).filter(pk=pk).first()
        if message is None:
            raise NotVisible
        faults = [str(text) for texts in (refusal.fields.values() if refusal else ()) for text in texts]
        context = {
            "message": message,
            "recipient": masked_recipients([message])[message.pk],
            "kind": kind_of(message),
            "typed": typed or {"subject": message.subject, "text": message.text, "reason": ""},
            "refusal": refusal,
            "faults": faults,
            "can_resend": message.state in (MessageState.DEAD, MessageState.SUPPRESSED, MessageState.FAILED),
            "can_discard": message.state in (MessageState.DEAD, MessageState.QUEUED, MessageState.FAILED),
            "most": MOST_ATTEMPTS,
        }
        return self.show("message.html", context, refusal.status if refusal else 200)

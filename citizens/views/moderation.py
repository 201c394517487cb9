"""Moderation on the desk: what waits to be looked at, the words that make it wait, and who is kept out."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.contrib import messages as told
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from citizens.pages.moderation import blocks_page, counts, flag_rows, words_page
from citizens.permissions import may_moderate
from citizens.selectors.abuse import open_flags
from citizens.services import blocks
from citizens.services.moderated import flag_order
from citizens.services.moderation import confirm_deletion, decide_flag
from citizens.services.words import decide_words, draft_words
from citizens.views.desk import DeskPage
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed
from lianqin.kernel.numbers import whole

PAGE_SIZE = 20


class ModerationPage(DeskPage):
    """``part`` names the page; what is wrong is said on it, with what was typed."""

    part = ""

    def may(self, actor: Actor) -> bool:
        return may_moderate(actor)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            done = self.do(request.POST.get("do", ""))
        except NotAllowed as error:
            told.error(request, str(error.message))
        except DomainError as error:
            told.error(request, "；".join(error.texts))
            if isinstance(error, Invalid):
                return self.page(400, typed=request.POST)
        else:
            told.success(request, done)
        return redirect(f"desk:{self.name}")

    @property
    def name(self) -> str:
        return f"moderation-{self.part}" if self.part else "moderation"

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        frame = {"part": self.part, "counts": counts(), **self.context()}
        return self.show(f"moderation/{self.part or 'queue'}", status, **{**frame, **context})

    def context(self) -> dict[str, Any]:
        raise NotImplementedError

    def do(self, deed: str) -> str:
        """Do it and say so."""
        raise NotImplementedError

    def number(self, name: str) -> int:
        """A number that was sent; 0 if it is none."""
        return whole(self.request.POST.get(name)) or 0


class QueueView(ModerationPage):
    def context(self) -> dict[str, Any]:
        page = Paginator(open_flags(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return {"page": page, "rows": flag_rows(list(page), self.actor)}

    def do(self, deed: str) -> str:
        posted = self.request.POST
        if deed == "flag":
            pictures = posted.get("what") == "pictures"
            count = flag_order(
                number=posted.get("number", "").strip(), pictures=pictures, note=posted.get("note", ""), by=self.actor
            )
            return _("已暂停公开，待审核 %(count)d 项") % {"count": count}
        if deed in ("agree", "keep"):
            confirm_deletion(flag_id=self.number("flag"), agree=deed == "agree", by=self.actor)
            return _("已删除") if deed == "agree" else _("已保留，不公开")
        flag = decide_flag(flag_id=self.number("flag"), decision=deed, reason=posted.get("reason", ""), by=self.actor)
        return _("已决定：%(state)s") % {"state": flag.get_state_display()}


class WordsView(ModerationPage):
    part = "words"

    def context(self) -> dict[str, Any]:
        return words_page(self.actor)

    def do(self, deed: str) -> str:
        posted = self.request.POST
        if deed in ("approve", "refuse"):
            decide_words(
                list_id=self.number("list"), approve=deed == "approve", by=self.actor,
                opinion=posted.get("opinion", "").strip()[:500], seen=_moment(posted.get("seen", "")),
            )  # fmt: skip
            return _("新词表已生效") if deed == "approve" else _("已退回起草人")
        draft_words(contents=posted.get("contents", ""), by=self.actor)
        return _("已提交，请另一人核对")


class BlocksView(ModerationPage):
    part = "blocks"

    def context(self) -> dict[str, Any]:
        return blocks_page(self.actor)

    def do(self, deed: str) -> str:
        posted = self.request.POST
        if deed == "confirm":
            blocks.confirm_block(block_id=self.number("block"), by=self.actor)
            return _("已确认，按拟定的期限执行")
        if deed == "end":
            blocks.end_block(block_id=self.number("block"), by=self.actor)
            return _("限制已解除")
        if deed in ("grant", "refuse"):
            blocks.decide_appeal(
                appeal_id=self.number("appeal"), grant=deed == "grant", answer=posted.get("answer", ""), by=self.actor
            )
            return _("已答复")
        made = blocks.block(
            measure=posted.get("measure", ""), value=posted.get("value", ""), reason=posted.get("reason", ""),
            days=self.number("days"), by=self.actor,
        )  # fmt: skip
        return _("已限制 %(shown)s") % {"shown": made.shown}


def _moment(text: str) -> dt.datetime | None:
    """What stands in the form; none for what is no moment."""
    with suppress(ValueError):
        return parse_datetime(text)
    return None

"""The words of messages, kind by kind, with a preview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from dispatch.rules.kinds import KINDS, TO_CITIZENS, label_of
from dispatch.rules.messages import (
    SAMPLE,
    Words,
    default_words,
    faults_of,
    filled,
    grouped,
    placeholders_of,
)
from dispatch.selectors.message_words import templates
from dispatch.services import set_message_template
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible


class MessageTemplates(ConfigurationPage):
    section = "channels"

    def get(self, request: HttpRequest) -> HttpResponse:
        changed = templates()
        groups = [
            (
                title,
                [(kind, label_of(kind), changed.get(kind) or default_words(kind), kind in changed) for kind in kinds],
            )
            for title, kinds in (*grouped(), (_("发给群众的短信"), list(TO_CITIZENS)))
        ]
        return self.show("channels/templates.html", {"kind_groups": groups})


class OneTemplate(ConfigurationPage):
    """Words with their preview; ``do=preview`` shows, ``save`` keeps, ``standard`` goes back."""

    section = "channels"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self._page(kind, templates().get(kind) or default_words(self._known(kind)), {})

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        self._known(kind)
        do = request.POST.get("do", "save")
        words = Words(*(request.POST.get(name, "").strip() for name in ("single", "bundle")))
        if do == "preview":
            return self._page(kind, words, faults_of(words, kind))
        try:
            set_message_template(kind=kind, words=None if do == "standard" else words, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            found = {name: str(texts[0]) for name, texts in refusal.fields.items()}
            return self._page(kind, words, found, status=refusal.status)
        self.tell(_("模板已恢复为标准文字") if do == "standard" else _("模板已保存"))
        return redirect("configuration:message-templates")

    def _known(self, kind: str) -> str:
        if kind not in KINDS and kind not in TO_CITIZENS:
            raise NotVisible
        return kind

    def _page(self, kind: str, words: Words, faults: dict[str, str], status: int = 200) -> HttpResponse:
        sample = {**SAMPLE, "kind": label_of(kind), "says": SAMPLE["says"] if kind == "dispatched" else label_of(kind)}
        if kind in TO_CITIZENS:
            sample["link"] = "" if kind == "news_closed" else sample["link"]
        bare = {**sample, "due": "", "place": "", "earliest": "", "reason": "", "questions": ""}
        allowed = placeholders_of(kind)
        previews = [(_("单条"), filled(words.single, sample)), (_("单条，无到期和位置"), filled(words.single, bare))]
        if "bundle" in allowed:
            previews.append((_("合并"), filled(words.bundle, sample)))
        context: dict[str, Any] = {
            "kind": kind,
            "label": label_of(kind),
            "words": words,
            "faults": faults,
            "standard": default_words(kind),
            "previews": [] if faults else previews,
            "placeholders": allowed["single"].items(),
            "bundle_placeholders": allowed.get("bundle", {}).items(),
        }
        return self.show("channels/template.html", context, status)

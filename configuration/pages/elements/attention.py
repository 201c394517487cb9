"""The pages of the people who need attention: masked, each look logged, nothing about them in an address."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors import client_ip
from configuration.pages.elements.board import PAGE_SIZE, ElementPage
from configuration.pages.elements.editing import PlacedForm, fields_asked, unchanged, values_read
from configuration.pages.forms import Field, read
from grids.models import AttentionRecord, ElementType
from grids.selectors.attention import (
    attention_seen_by,
    attention_visible_to,
    may_see_attention,
    person,
    searched_attention,
    types_of_attention,
)
from grids.services.attention import (
    change_attention,
    create_attention,
    log_listing,
    log_opening,
    retire_attention,
    reveal_attention,
)
from grids.services.elements import type_for
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed


class AttentionPage(ElementPage):
    def allow(self) -> None:
        if not may_see_attention(self.actor):
            raise NotAllowed

    def masked(self, code: str, refusal: DomainError, *, ending: bool = False) -> HttpResponse:
        """The masked record once more, with what is wrong about the reason."""
        found = person(attention_seen_by(self.actor, code))
        faults = refusal.fields.get("reason", [refusal.message])
        reason = self.request.POST.get("reason", "")
        context = {"person": found, "faults": faults, "reason": reason, "ending": ending}
        return self.show("elements/person.html", context, refusal.status)


class AttentionPeople(AttentionPage):
    """The people of one's own ground."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow()
        # A name that somebody types here would stay in an address: one character, or a code.
        q, of = request.GET.get("q", "").strip()[:40], request.GET.get("type", "")
        found = searched_attention(attention_visible_to(self.actor), q)
        page = Paginator(found.filter(type__code=of) if of else found, PAGE_SIZE).get_page(request.GET.get("page"))
        people = [person(each) for each in page]
        log_listing(by=self.actor, codes=[each.code for each in people], ip=client_ip(request))
        types = types_of_attention(self.actor)
        return self.show("elements/people.html", {"page": page, "people": people, "types": types, "q": q, "of": of})


class AttentionPerson(AttentionPage):
    """One person, masked; whole for a typed reason, which is logged."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        self.allow()
        found = person(attention_seen_by(self.actor, code))
        log_opening(by=self.actor, code=code, ip=client_ip(request))
        return self.show("elements/person.html", {"person": found})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.allow()
        reason, ending = request.POST.get("reason", ""), "retire" in request.POST
        try:
            if ending:
                retire_attention(code=code, by=self.actor, reason=reason)
                self.tell(_("已终止关注"))
                return redirect("configuration:attention")
            record = reveal_attention(code=code, by=self.actor, reason=reason, ip=client_ip(request))
        except Invalid as refusal:
            return self.masked(code, refusal, ending=ending)
        return self.show("elements/person.html", {"person": person(record, revealed=True), "given": reason})


class NewAttention(PlacedForm, AttentionPage):
    def allowed(self) -> bool:
        return may_see_attention(self.actor)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.allowed() and not request.GET.get("type"):
            types = types_of_attention(self.actor)
            return self.show("elements/choose.html", {"types": types, "new": "configuration:attention-new"})
        return super().get(request, **kwargs)

    @property
    def of(self) -> ElementType:
        return type_for(self.request.GET.get("type"), sensitive=True)

    @property
    def title(self) -> str:
        return _("登记%s") % self.of.name

    def fields(self) -> list[Field]:
        return [
            Field("name", _("姓名"), required=True),
            Field("code", _("编号"), hint=_("可不填。不要使用身份证号或电话")),
            *fields_asked(self.of, {}),
            *self.place_fields({}),
            Field("key", _("重点关注"), "check", self.of.key),
        ]

    def save(self, values: dict[str, Any]) -> str:
        create_attention(data={**values_read(self.of, values), "type": self.of.code}, by=self.actor)
        return _("已登记")

    def after(self) -> str:
        return reverse("configuration:attention")


class EditAttention(PlacedForm, AttentionPage):
    """To change a record one sees it whole: the form opens for a typed reason, and every answer of it is a look."""

    code: str
    kept: AttentionRecord

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.code = kwargs["code"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """An address opens nothing: it leads to where the reason is asked for."""
        self.allow()
        return redirect("configuration:attention-person", self.code)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.allow()
        reason = request.POST.get("reason", "")
        try:
            self.kept = reveal_attention(code=self.code, by=self.actor, reason=reason, ip=client_ip(request))
        except Invalid as refusal:
            return self._without_reason(refusal)
        return self._form(self.fields()) if "open" in request.POST else super().post(request, **kwargs)

    def _without_reason(self, refusal: Invalid) -> HttpResponse:
        """What was typed, if anything was, and nothing of the record."""
        if "open" in self.request.POST or "name" not in self.request.POST:
            return self.masked(self.code, refusal)
        found = attention_seen_by(self.actor, self.code)
        self.kept = AttentionRecord(type=found.type, code=found.code)
        fields = self.fields()
        with suppress(Invalid):
            read(fields, self.request.POST.dict())
        return self._form(fields, refusal)

    @property
    def title(self) -> str:
        return _("修改 %s") % self.code

    def fields(self) -> list[Field]:
        kept = self.kept
        reason = self.request.POST.get("reason", "")
        return [
            Field("reason", _("修改事由"), value=reason, hint=_("会记入审计日志"), required=True, wide=True),
            Field("name", _("姓名"), value=kept.name, required=True),
            Field("code", _("编号"), value=kept.code, fixed=True),
            *fields_asked(kept.type, kept.fields),
            *self.place_fields({"address": kept.address, "lon": kept.lon, "lat": kept.lat}),
            Field("key", _("重点关注"), "check", kept.key),
        ]

    def save(self, values: dict[str, Any]) -> str:
        values.pop("reason")
        data = values_read(self.kept.type, values)
        data["fields"] = unchanged(data["fields"], self.kept.fields)
        change_attention(code=self.code, data=data, by=self.actor)
        return _("已保存")

    def after(self) -> str:
        return reverse("configuration:attention")

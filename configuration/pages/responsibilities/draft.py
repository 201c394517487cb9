"""One version: its lines, what is amiss, how it differs from the one before, and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.models import Responsibility, ResponsibilityVersion
from catalogue.permissions import Action, can
from catalogue.selectors.list_checks import ERROR, Finding, check_list, compare_lists, items_of
from catalogue.services.responsibility_lists import (
    change_responsibility,
    decide_responsibilities,
    draft_responsibilities,
    drop_responsibility,
    edit_responsibility_draft,
    put_responsibilities,
    submit_responsibilities,
    withdraw_responsibilities,
)
from configuration.pages.base import ConfigurationPage
from configuration.pages.responsibilities.words import (
    A_PAGE,
    filtered,
    options,
    paged,
    read_day_or_none,
    read_item,
    told_of,
)
from configuration.reading.seen import read_seen
from configuration.selectors.preflight import link_of
from grids.selectors import may_approve
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

ASKED = ("domain", "level", "lead", "q")


class NewList(ConfigurationPage):
    section = "responsibilities"

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        try:
            made = draft_responsibilities(
                name=told.get("name", "").strip(), reason=told.get("reason", "").strip()[:500],
                effective_from=read_day_or_none(told.get("effective_from", "")),
                base_id=whole(told.get("base")), by=self.actor,
            )  # fmt: skip
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:responsibility-versions")
        self.tell(_("草稿已建立，请逐条修改，或从表格导入"))
        return redirect("configuration:responsibility-draft", made.pk)


class OneList(ConfigurationPage):
    section = "responsibilities"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(pk, None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        verb, told = request.POST.get("do", ""), request.POST
        try:
            said = self._done(pk, verb, told)
        except DomainError as refusal:
            if refusal.status == 404 or (refusal.status == 403 and refusal.code != "second_person_needed"):
                raise
            if verb == "put":
                return self._show(pk, dict(told.items()), refusal)
            self.refuse(refusal)
        else:
            self.tell(said)
        return redirect(self._back(verb, told))

    def _back(self, verb: str, told: Mapping[str, Any]) -> str:
        """The same page of the same lines: a changed line closes, behind a new one waits the next."""
        query = self.request.GET.copy()
        query.pop("item", None)
        mark = f"#i-{told['item']}" if verb == "put" and whole(told.get("item")) is not None else ""
        if verb == "put" and not mark:
            query["item"], mark = "new", "#line-edit"
        return f"{self.request.path}{'?' if query else ''}{query.urlencode()}{mark}"

    def _done(self, pk: int, verb: str, told: Mapping[str, Any]) -> str:
        by = self.actor
        if verb == "put":
            item, number = read_item(told), whole(told.get("item"))
            if number is not None:
                change_responsibility(version_id=pk, item_id=number, item=item, by=by)
                return _("%s 已保存") % item.code
            put_responsibilities(version_id=pk, items=[item], by=by)
            return _("%s 已写入草稿") % item.code
        if verb == "edit":
            edit_responsibility_draft(
                version_id=pk, name=told.get("name", "").strip(), reason=told.get("reason", "").strip()[:500],
                effective_from=read_day_or_none(told.get("effective_from", "")), by=by,
            )  # fmt: skip
            return _("已保存")
        if verb == "drop":
            drop_responsibility(version_id=pk, item_id=int(told.get("item", "0")[:18]), by=by)
            return _("已从草稿中移除")
        if verb == "submit":
            submit_responsibilities(version_id=pk, by=by)
            return _("已提交，等待另一人审批")
        if verb == "withdraw":
            withdraw_responsibilities(version_id=pk, by=by)
            return _("草稿已撤销")
        approve = {"approve": True, "refuse": False}.get(verb)
        if approve is None:
            raise Invalid
        opinion = told.get("opinion", "").strip()[:500]
        done = decide_responsibilities(version_id=pk, approve=approve, opinion=opinion, seen=read_seen(told), by=by)
        return _("已批准，自 %s 起生效") % done.effective_from if approve else _("已退回")

    def _show(self, pk: int, typed: Mapping[str, Any] | None, refusal: DomainError | None = None) -> HttpResponse:
        people = ResponsibilityVersion.objects.select_related("drafted_by", "decided_by", "base")
        version = people.filter(pk=pk).first()
        if version is None:
            raise NotVisible
        asked = {name: self.request.GET.get(name, "").strip()[:60] for name in ASKED}
        items = items_of(version)
        found = filtered(items, asked)
        wanted = (typed or {}).get("item") or self.request.GET.get("item", "")
        chosen = next((item for item in items if str(item.pk) == wanted), None)
        page = paged(found, self.request.GET.get("page") or _page_of(found, chosen))
        is_open = version.state in (DraftState.DRAFT, DraftState.REFUSED)
        findings = check_list(version) if is_open or version.state == DraftState.SUBMITTED else []
        context = {
            "tab": "versions",
            "version": version,
            "asked": asked,
            "filtered": any(asked.values()),
            "all": len(items),
            "count": len(found),
            "page": page,
            "findings": [(finding, _link(version, finding)) for finding in findings],
            "errors": sum(finding.severity == ERROR for finding in findings),
            "typed": typed or (told_of(chosen) if chosen else {"level": "street", "amount_unit": "workdays"}),
            "chosen": chosen,
            "on_top": (chosen is not None and chosen not in page) or (chosen is None and bool(wanted or typed)),
            "refusal": refusal,
            "editable": is_open and can(self.actor, Action.DRAFT_RESPONSIBILITIES),
            "decidable": version.state == DraftState.SUBMITTED and may_approve(self.actor),
            "own": version.drafted_by_id == self.actor.user_id,
            **options(),
        }
        return self.show("responsibilities/draft.html", context, refusal.status if refusal else 200)


class Compared(ConfigurationPage):
    """What a version changes of the one it stands on; to print, too."""

    section = "responsibilities"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = ResponsibilityVersion.objects.select_related("base").filter(pk=pk).first()
        if version is None:
            raise NotVisible
        changes = compare_lists(version.base, version)
        kinds = ("added", "removed", "changed")
        counts = {kind: sum(change.kind == kind for change in changes) for kind in kinds}
        context = {"tab": "versions", "version": version, "changes": changes, "counts": counts}
        return self.show("responsibilities/compare.html", context)


def _page_of(found: list[Responsibility], chosen: Responsibility | None) -> str:
    return str(found.index(chosen) // A_PAGE + 1) if chosen in found else "1"


def _link(version: ResponsibilityVersion, finding: Finding) -> str:
    """Where the finding is mended."""
    if finding.item is not None:
        return f"{link_of('responsibility-draft', str(version.pk), query={'item': str(finding.item)})}#line-edit"
    if finding.unit:
        return link_of("unit", finding.unit)
    return link_of("category", finding.category) if finding.category else ""

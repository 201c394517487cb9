"""The tree of matters: what there is, in which order, and one of it to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.permissions import Action, can
from catalogue.rules import DeadlineClass, Urgency
from catalogue.selectors.categories import is_named
from catalogue.services.categories import change_matter, create_matter, drop_matter, told_of
from catalogue.services.category_order import move_matter
from configuration.pages.base import ConfigurationPage
from configuration.selectors.matters import classes, uses_of
from grids.rules import FUNCTIONS
from lianqin.kernel.errors import DomainError, Invalid, NotVisible

FLAGS = ("evidence_required", "vertical", "public")
PLAIN = ("name", "urgency", "deadline_class", "street_function", "district_function")
LISTS = ("registration_conditions", "closing_conditions")


def read_matter(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says of a category; conditions one a line."""
    values: dict[str, Any] = {name: str(told.get(name) or "").strip() for name in PLAIN}
    values |= {name: bool(told.get(name)) for name in FLAGS}
    values |= {name: told[name].strip() for name in ("parent",) if name in told}
    return values | {name: str(told.get(name) or "").splitlines() for name in LISTS}


class Categories(ConfigurationPage):
    section = "categories"

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:40]
        found = classes(words)
        context = {
            "found": found, "words": words, "classes": len(found), "matters": sum(len(below) for _top, below in found),
            "may_edit": can(self.actor, Action.EDIT_CATEGORIES), "functions": {c: f.name for c, f in FUNCTIONS.items()},
        }  # fmt: skip
        return self.show("categories/list.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Move one up or down."""
        code, verb = request.POST.get("code", ""), request.POST.get("do", "")
        if verb not in ("up", "down"):
            raise Invalid
        move_matter(code=code, up=verb == "up", by=self.actor)
        return redirect(f"{request.path}#c-{code}")


class NewCategory(ConfigurationPage):
    section = "categories"

    def get(self, request: HttpRequest) -> HttpResponse:
        parent = request.GET.get("parent", "")[:16]
        # A matter is as public as its class, unless somebody says otherwise.
        public = bool(parent) and Category.objects.filter(code=parent, public=True).exists()
        return self._form({"parent": parent, "urgency": "normal", "deadline_class": "standard", "public": public})

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        try:
            made = create_matter(
                code=told.get("code", ""), parent=told.get("parent", ""), by=self.actor,
                values={name: value for name, value in read_matter(told).items() if name != "parent"},
            )  # fmt: skip
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            return self._form(dict(told.items()), refusal)
        self.tell(_("已建立 %s") % made.name)
        return redirect("configuration:category", made.code)

    def _form(self, typed: dict[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        context = {"typed": typed, "refusal": refusal, "new": True, "may_edit": True, **_options()}
        return self.show("categories/form.html", context, refusal.status if refusal else 200)


class OneCategory(ConfigurationPage):
    section = "categories"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        category = _category(code)
        typed = told_of(category) | {"parent": category.parent.code if category.parent else ""}
        typed |= {name: "\n".join(getattr(category, name)) for name in LISTS}
        return self._form(category, typed)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        category, told = _category(code), request.POST
        try:
            said = self._done(category, told.get("do", ""), told)
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            return self._form(category, dict(told.items()), refusal)
        self.tell(said)
        if told.get("do") == "drop":
            return redirect("configuration:categories")
        return redirect("configuration:category", code)

    def _done(self, category: Category, verb: str, told: Mapping[str, Any]) -> str:
        if verb == "save":
            change_matter(code=category.code, values=read_matter(told), by=self.actor)
            return _("已保存")
        if verb in ("shut", "open"):
            change_matter(code=category.code, values={"active": verb == "open"}, by=self.actor)
            return _("已启用") if verb == "open" else _("已停用，不能再用于新的工单；在办工单不受影响")
        if verb == "drop":
            drop_matter(code=category.code, by=self.actor)
            return _("已删除 %s") % category.name
        raise Invalid

    def _form(self, category: Category, typed: dict[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        context = {
            "category": category, "typed": typed, "refusal": refusal, "uses": uses_of(category),
            "movable": category.parent_id is not None and not is_named(category),
            "may_edit": can(self.actor, Action.EDIT_CATEGORIES), **_options(),
        }  # fmt: skip
        return self.show("categories/form.html", context, refusal.status if refusal else 200)


def _category(code: str) -> Category:
    found = Category.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def _options() -> dict[str, Any]:
    return {
        "urgencies": Urgency.choices,
        "deadline_classes": DeadlineClass.choices,
        "functions": [(code, each.name) for code, each in FUNCTIONS.items()],
        "tops": list(Category.objects.filter(level=1).order_by("order", "code").values_list("code", "name")),
    }

"""The tree of matters: begun, changed, put aside. A category is never deleted once an order may carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.services import audit
from catalogue.errors import CategoryFault, CategoryInUse, CategoryNamed
from catalogue.models import Category
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.rules import DeadlineClass, Urgency
from catalogue.selectors.categories import is_named
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

FIELDS: Final = (
    "name", "urgency", "deadline_class", "evidence_required", "vertical", "street_function", "district_function",
    "registration_conditions", "closing_conditions", "active", "public",
)  # fmt: skip
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "urgency": tuple(Urgency.values),
    "deadline_class": tuple(DeadlineClass.values),
    "street_function": ("", *FUNCTIONS),
    "district_function": ("", *FUNCTIONS),
}
CODE_AT_MOST, NAME_AT_MOST = 16, 64


@transaction.atomic
def create_matter(*, code: str, parent: str = "", values: Mapping[str, Any], by: Actor) -> Category:
    """Begin a class (no parent) or a matter of one. Raise NotAllowed, CategoryFault."""
    _require_right(by)
    code = code.strip()
    if not (code.isascii() and code.isalnum()) or len(code) > CODE_AT_MOST:
        raise CategoryFault(fields={"code": [_("应为 1 至 16 位字母或数字")]})
    if Category.objects.filter(code=code).exists():
        raise CategoryFault(fields={"code": [_("代码 %s 已经用过") % code]})
    above = _class_named(parent)
    last = Category.objects.order_by("-order").values_list("order", flat=True).first() or 0
    category = Category(code=code, parent=above, level=2 if above else 1, order=last + 1, illustrative=False)
    # A matter is as public as its class, unless somebody says otherwise.
    _fill(category, {"name": "", "public": above is not None and above.public, **values})
    category.save()
    touch()
    _tell(by, category, "created", {}, told_of(category))
    return category


@transaction.atomic
def change_matter(*, code: str, values: Mapping[str, Any], by: Actor) -> Category:
    """Change what is told of a category, such as its class (``parent``, a code); the rest stays.

    Raise NotAllowed, NotVisible, CategoryFault, CategoryNamed.
    """
    _require_right(by)
    category = _locked(code)
    before = told_of(category) | {"parent": category.parent.code if category.parent else ""}
    if "parent" in values and values["parent"] != before["parent"]:
        _put_into_class(category, str(values["parent"]))
    _fill(category, {name: value for name, value in values.items() if name != "parent"})
    after = told_of(category) | {"parent": category.parent.code if category.parent else ""}
    if after == before:
        return category
    category.save()
    touch()
    _tell(by, category, "changed", before, after)
    return category


@transaction.atomic
def drop_matter(*, code: str, by: Actor) -> None:
    """Delete a category that nothing names. Raise NotAllowed, NotVisible, CategoryInUse."""
    _require_right(by)
    category = _locked(code, to_drop=True)
    before = told_of(category)
    try:
        with transaction.atomic():
            category.delete()
    except ProtectedError as error:
        raise CategoryInUse from error
    touch()
    audit(
        actor_id=by.user_id,
        action="catalogue.category_dropped",
        object_label=code,
        detail={"before": before, "after": {}},
    )


def told_of(category: Category) -> dict[str, Any]:
    """What a form, a file and the audit log say of a category."""
    return {name: getattr(category, name) for name in FIELDS}


def _require_right(by: Actor) -> None:
    if not can(by, Action.EDIT_CATEGORIES):
        raise NotAllowed


def _locked(code: str, *, to_drop: bool = False) -> Category:
    # Without its key: orders go on naming the category meanwhile.
    rows = Category.objects.select_related("parent").select_for_update(no_key=not to_drop, of=("self",))
    found = rows.filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def _class_named(code: str) -> Category | None:
    if not code.strip():
        return None
    found = Category.objects.filter(code=code.strip(), level=1).first()
    if found is None:
        raise CategoryFault(fields={"parent": [_("没有代码为 %s 的大类，请先建立") % code]})
    return found


def _put_into_class(category: Category, code: str) -> None:
    if category.parent_id is None or not code.strip():
        raise CategoryFault(fields={"parent": [_("大类与小类不能互换，请另建")]})
    if is_named(category):
        raise CategoryNamed
    category.parent = _class_named(code)


def _fill(category: Category, values: Mapping[str, Any]) -> None:
    faults: dict[str, list[str]] = {}
    for name, value in values.items():
        try:
            setattr(category, name, _clean(name, value))
        except ValueError as error:
            faults[name] = [str(error)]
    if faults:
        raise CategoryFault(fields=faults)
    category.pinyin = "".join(lazy_pinyin(category.name))[:255]


def _clean(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise ValueError(_("没有这一项"))
    if name in ("evidence_required", "vertical", "active", "public"):
        return bool(value)
    if name.endswith("_conditions"):
        return [str(text).strip() for text in value or () if str(text).strip()]
    text = str(value or "").strip()
    if name in CHOICES and text not in CHOICES[name]:
        raise ValueError(_("请从给出的选项中选择"))
    if name == "name" and not 0 < len(text) <= NAME_AT_MOST:
        raise ValueError(_("请填写名称，不超过 64 个字"))
    return text


def _tell(by: Actor, category: Category, what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    audit(
        actor_id=by.user_id,
        action=f"catalogue.category_{what}",
        object_label=f"{category.code} {category.name}",
        detail={"before": dict(before), "after": dict(after)},
    )

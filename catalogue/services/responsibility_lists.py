"""Draft, fill in, hand over and publish the responsibility list. Who drafts does not approve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, lock_draft, require_open, submit_draft, withdraw_draft
from catalogue.errors import ListHasErrors, ListIsEmpty
from catalogue.models import Category, Responsibility, ResponsibilityVersion
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.rules import Area, Domain, Level, Unit
from catalogue.selectors.list_checks import ERROR, check_list
from catalogue.services.deadlines import today
from grids.models import Community, GridKind, Street
from grids.models import Unit as GroundUnit
from grids.rules import FUNCTIONS
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

# What tells two lines of a list apart.
KEY: Final = ("code", "level", "street_id", "community_id", "grid_kind")
VALUES: Final = (
    "name", "domain", "category_id", "area", "lead_unit_id", "lead_function", "assisting", "legal_basis",
    "amount", "amount_unit", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemTold:
    """A line as people write it: places, matters and units by their codes; ``lead`` a unit's code or a function."""

    code: str
    name: str
    domain: str
    category: str
    level: str
    lead: str = ""
    assisting: tuple[str, ...] = ()
    street: str = ""
    community: str = ""
    grid_kind: str = ""
    legal_basis: str = ""
    amount: int | None = None
    amount_unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of a line stand for."""

    categories: Mapping[str, int]
    streets: Mapping[str, int]
    communities: Mapping[str, int]
    units: Mapping[str, int]


@transaction.atomic
def draft_responsibilities(
    *,
    name: str,
    by: Actor,
    effective_from: dt.date | None = None,
    base_id: int | None = None,
    reason: str = "",
    synthetic: bool = False,
) -> ResponsibilityVersion:
    """Begin a list, empty or with the lines of another version. Raise NotAllowed, NotVisible, Invalid."""
    _require(by)
    _check_head(name, effective_from)
    base = ResponsibilityVersion.objects.filter(pk=base_id).first() if base_id is not None else None
    if base_id is not None and base is None:
        raise NotVisible
    version = ResponsibilityVersion.objects.create(
        name=name, reason=reason, base=base, effective_from=effective_from, synthetic=synthetic,
        drafted_by_id=by.user_id,
    )  # fmt: skip
    if base is not None:
        columns = (*KEY, *VALUES)
        lines = base.items.order_by("pk").values(*columns)
        Responsibility.objects.bulk_create([Responsibility(version=version, **line) for line in lines], 500)
    version.refresh_from_db()
    _audit(by, "drafted", version, after={"name": name, "base": base_id})
    return version


@transaction.atomic
def edit_responsibility_draft(
    *, version_id: int, name: str, effective_from: dt.date | None, by: Actor, reason: str = ""
) -> ResponsibilityVersion:
    """Rename a draft or move its day. Raise NotAllowed, NotVisible, DraftNotOpen, Invalid."""
    version = _opened(version_id, by)
    _check_head(name, effective_from)
    before = {"name": version.name, "effective_from": str(version.effective_from or "")}
    version.name, version.effective_from, version.reason = name, effective_from, reason
    version.save(update_fields=["name", "effective_from", "reason"])
    _audit(by, "edited", version, before=before, after={"name": name, "effective_from": str(effective_from or "")})
    return version


@transaction.atomic
def put_responsibilities(*, version_id: int, items: Sequence[ItemTold], by: Actor) -> list[Responsibility]:
    """Write lines into a draft; a line of the same number, level and area is replaced. All or none.

    Some eight statements, however many lines. Raise NotAllowed, NotVisible, DraftNotOpen, Invalid (of the first line
    that is wrong).
    """
    version = _opened(version_id, by)
    codes = _codes(items)
    rows = [Responsibility(version=version, **_values(item, codes)) for item in items]
    standing = {tuple(getattr(row, name) for name in KEY): row for row in version.items.all()}
    made, changed = [], []
    before: list[dict[str, Any]] = []
    for row in rows:
        old = standing.get(tuple(getattr(row, name) for name in KEY))
        if old is None:
            made.append(row)
            continue
        before.append({name: getattr(old, name) for name in ("code", *VALUES)})
        row.pk = old.pk
        changed.append(row)
    Responsibility.objects.bulk_create(made, 500)
    Responsibility.objects.bulk_update(changed, [name.removesuffix("_id") for name in VALUES], 500)
    detail: dict[str, Any] = {"lines": len(rows), "new": len(made)}
    if len(rows) == 1:
        detail |= {"before": before[0] if before else None, "after": asdict(items[0])}
    _audit(by, "lines_put", version, **detail)
    return rows


@transaction.atomic
def drop_responsibility(*, version_id: int, item_id: int, by: Actor) -> None:
    """Take a line out of a draft. Raise NotAllowed, NotVisible, DraftNotOpen."""
    version = _opened(version_id, by)
    item = version.items.filter(pk=item_id).first()
    if item is None:
        raise NotVisible
    before = {name: getattr(item, name) for name in (*KEY, *VALUES)}
    item.delete()
    _audit(by, "line_dropped", version, before=before)


@transaction.atomic
def submit_responsibilities(*, version_id: int, by: Actor) -> ResponsibilityVersion:
    """Hand it to the second person. Raise NotAllowed, NotVisible, DraftNotOpen, ListIsEmpty, ListHasErrors, Invalid."""
    version = _opened(version_id, by)
    _require_sound(version)
    return submit_draft(ResponsibilityVersion, version_id, by=by)


@transaction.atomic
def withdraw_responsibilities(*, version_id: int, by: Actor) -> ResponsibilityVersion:
    """Give the draft up. Raise NotAllowed, NotVisible, DraftDecided."""
    _require(by)
    return withdraw_draft(ResponsibilityVersion, version_id, by=by)


@transaction.atomic
def decide_responsibilities(*, version_id: int, approve: bool, by: Actor, opinion: str = "") -> ResponsibilityVersion:
    """Publish the list from its day, not before today; or send it back.

    Raise NotAllowed, NotVisible, DraftDecided, SecondPersonNeeded, ListIsEmpty, ListHasErrors.
    """
    if not may_approve(by):
        raise NotAllowed
    touch()  # Locks the version row: lists are numbered one after the other.
    version = lock_draft(ResponsibilityVersion, version_id)
    if approve and version.state == "submitted":
        _require_sound(version)
        last = ResponsibilityVersion.objects.aggregate(last=Max("number"))["last"] or 0
        day = max(version.effective_from or today(), today())
        ResponsibilityVersion.objects.filter(pk=version_id).update(number=last + 1, effective_from=day)
    decided = decide_draft(ResponsibilityVersion, version_id, by=by, approve=approve, opinion=opinion)
    touch()  # What the check remembered is the list as it was.
    return decided


def _require_sound(version: ResponsibilityVersion) -> None:
    if not version.items.exists():
        raise ListIsEmpty
    errors = [finding for finding in check_list(version) if finding.severity == ERROR]
    if errors:
        raise ListHasErrors(findings=[asdict(finding) for finding in errors[:20]], count=len(errors))


def _values(item: ItemTold, codes: Codes) -> dict[str, Any]:
    """The columns of a line. Raise Invalid."""
    wrong = _wrong(item, codes)
    if wrong:
        raise Invalid(_("条目 %s 有误") % item.code, fields=wrong)
    area = Area.DISTRICT
    for name in (Area.GRID_KIND, Area.COMMUNITY, Area.STREET):
        area = name if getattr(item, name) else area
    return {
        "code": item.code, "name": item.name, "domain": item.domain, "category_id": codes.categories[item.category],
        "level": item.level, "area": area, "street_id": codes.streets.get(item.street),
        "community_id": codes.communities.get(item.community), "grid_kind": item.grid_kind,
        "lead_unit_id": None if item.lead in FUNCTIONS else codes.units.get(item.lead),
        "lead_function": item.lead if item.lead in FUNCTIONS else "", "assisting": list(item.assisting),
        "legal_basis": item.legal_basis, "amount": item.amount, "amount_unit": item.amount_unit, "note": item.note,
    }  # fmt: skip


def _wrong(item: ItemTold, codes: Codes) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    texts = {"code": 16, "name": 120, "legal_basis": 300, "note": 300}
    for name, most in texts.items():
        text = getattr(item, name)
        if len(text) > most or (name in ("code", "name") and not text):
            wrong[name] = [_("请填写，不超过 %d 个字") % most]
    for name, allowed in (("domain", Domain.values), ("level", Level.values), ("grid_kind", ["", *GridKind.values])):
        if getattr(item, name) not in allowed:
            wrong[name] = [_("请从给出的选项中选择")]
    if item.category not in codes.categories:
        wrong["category"] = [_("没有代码为 %s 的事项") % item.category]
    for name, known in (("street", codes.streets), ("community", codes.communities)):
        told = getattr(item, name)
        if told and told not in known:
            wrong[name] = [_("没有代码为 %s 的区划") % told]
    if sum(map(bool, (item.street, item.community, item.grid_kind))) > 1:
        wrong["street"] = [_("街道、社区、网格类型只能写一项")]
    for name, told_units in (("lead", (item.lead,)), ("assisting", item.assisting)):
        unknown = [each for each in told_units if each and each not in FUNCTIONS and each not in codes.units]
        if unknown:
            wrong[name] = [_("没有这个单位或职能：%s") % "、".join(unknown)]
    if bool(item.amount) != bool(item.amount_unit) or item.amount_unit not in ("", *Unit.values):
        wrong["amount"] = [_("时限请写时长和单位（分钟或工作日），或都不写")]
    return wrong


def _codes(items: Sequence[ItemTold]) -> Codes:
    units = {each for item in items for each in (item.lead, *item.assisting) if each and each not in FUNCTIONS}
    return Codes(
        categories=dict(Category.objects.values_list("code", "pk")),
        streets=dict(Street.objects.values_list("code", "pk")),
        communities=dict(
            Community.objects.filter(code__in={item.community for item in items}).values_list("code", "pk")
        ),
        units=dict(GroundUnit.objects.filter(code__in=units).values_list("code", "pk")),
    )


def _check_head(name: str, effective_from: dt.date | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not name.strip() or len(name) > 80:
        wrong["name"] = [_("请填写名称，不超过 80 个字")]
    if effective_from is not None and effective_from < today():
        wrong["effective_from"] = [_("生效日期不能早于今天")]
    if wrong:
        raise Invalid(fields=wrong)


def _require(by: Actor) -> None:
    if not can(by, Action.DRAFT_RESPONSIBILITIES):
        raise NotAllowed


def _opened(version_id: int, by: Actor) -> ResponsibilityVersion:
    _require(by)
    version = lock_draft(ResponsibilityVersion, version_id)
    require_open(version)
    return version


def _audit(by: Actor, verb: str, version: ResponsibilityVersion, **detail: Any) -> None:
    audit(
        actor_id=by.user_id, action=f"catalogue.responsibilities_{verb}",
        object_label=f"ResponsibilityVersion {version.pk}", detail=detail,
    )  # fmt: skip

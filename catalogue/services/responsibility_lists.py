"""Draft, fill in, hand over and publish the responsibility list. Who drafts does not approve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, lock_draft, require_open, submit_draft, withdraw_draft
from catalogue.errors import ListHasErrors, ListIsEmpty
from catalogue.models import Responsibility, ResponsibilityVersion
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.selectors.list_checks import ERROR, check_list
from catalogue.services.deadlines import today
from catalogue.services.responsibility_lines import ItemTold as ItemTold
from catalogue.services.responsibility_lines import codes_in, columns_of
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

# What tells two lines of a list apart.
KEY: Final = ("code", "level", "street_id", "community_id", "grid_kind")
VALUES: Final = (
    "name", "domain", "category_id", "area", "lead_unit_id", "lead_function", "assisting", "legal_basis",
    "amount", "amount_unit", "note",
)  # fmt: skip


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
    codes = codes_in(items)
    rows = [Responsibility(version=version, **columns_of(item, codes)) for item in items]
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
def change_responsibility(*, version_id: int, item_id: int, item: ItemTold, by: Actor) -> Responsibility:
    """Write a line of a draft anew, its number and its place as well.

    Raise NotAllowed, NotVisible, DraftNotOpen, Invalid (also where another line already stands there).
    """
    version = _opened(version_id, by)
    row = version.items.filter(pk=item_id).first()
    if row is None:
        raise NotVisible
    before = {name: getattr(row, name) for name in (*KEY, *VALUES)}
    after = columns_of(item, codes_in([item]))
    if version.items.filter(**{name: after[name] for name in KEY}).exclude(pk=item_id).exists():
        raise Invalid(_("条目 %s 有误") % item.code, fields={"code": [_("这个编号、级别和范围已有另一条")]})
    if after == before:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    row.save()
    _audit(by, "line_changed", version, before=before, after=after)
    return row


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
def decide_responsibilities(
    *, version_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> ResponsibilityVersion:
    """Publish the list from its day, not before today; or send it back.

    Raise NotAllowed, NotVisible, DraftDecided, DraftStale, SecondPersonNeeded, ListIsEmpty, ListHasErrors.
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
    decided = decide_draft(ResponsibilityVersion, version_id, by=by, approve=approve, opinion=opinion, seen=seen)
    touch()  # What the check remembered is the list as it was.
    return decided


def _require_sound(version: ResponsibilityVersion) -> None:
    if not version.items.exists():
        raise ListIsEmpty
    errors = [finding for finding in check_list(version) if finding.severity == ERROR]
    if errors:
        raise ListHasErrors(findings=[asdict(finding) for finding in errors[:20]], count=len(errors))


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

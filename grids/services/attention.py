"""People who need attention: kept by who answers for their ground; whoever looks leaves a line in the audit log.

Nothing about the person enters the log: the code of the record, which fields changed, the reason that was typed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

from ..errors import CodeTaken, ElementFault
from ..models import AttentionRecord
from ..selectors.attention import attention_seen_by, may_see_attention, of_own_ground
from .elements import next_code, type_for
from .placing import grid_at, read_placed

LEAST_REASON, MOST_REASON = 4, 200
# What a mask leaves behind must never be saved over what it hides.
MASKED = re.compile(r"\*\*")
TOLD = ("code", "name", "address", "lon", "lat", "key", "fields", "active")
VIEWED, LISTED, OPENED = "attention_viewed", "attention_listed", "attention_opened"
VIEWS = (VIEWED, LISTED, OPENED)


@transaction.atomic
def create_attention(*, data: Mapping[str, Any], by: Actor) -> AttentionRecord:
    """Record somebody on one's own ground. Raise NotAllowed, ElementFault, CodeTaken."""
    _require(by)
    of = type_for(data.get("type"), sensitive=True)
    _require_unmasked(data)
    values = read_placed(of, data, {})
    values["code"] = values["code"] or next_code(of, AttentionRecord._meta.db_table)
    if AttentionRecord.objects.filter(code=values["code"]).exists():
        raise CodeTaken(fields={"code": [CodeTaken.message]})
    record = AttentionRecord(type=of, grid_id=_own_grid(by, values), **values)
    record.save()
    _log(by, "attention_created", record.code, {"type": of.code, "fields": sorted(values["fields"])})
    return record


@transaction.atomic
def change_attention(*, code: str, data: Mapping[str, Any], by: Actor) -> AttentionRecord:
    """Change what is told and leave the rest. Raise NotVisible, NotAllowed, ElementFault."""
    record = _locked(code, by)
    _require_unmasked(data)
    before = {name: getattr(record, name) for name in TOLD}
    values = read_placed(record.type, {name: data[name] for name in data if name not in ("code", "type")}, before)
    record.grid_id = _own_grid(by, values)
    for name, value in values.items():
        setattr(record, name, value)
    changed = [name for name in TOLD if before[name] != getattr(record, name)]
    if changed:
        record.updated_at = Now()
        record.save(update_fields=[*changed, "grid", "updated_at"])
        _log(by, "attention_changed", record.code, {"fields": changed})
    return record


@transaction.atomic
def retire_attention(*, code: str, by: Actor, reason: str) -> AttentionRecord:
    """End it: the purpose is over, and from now on nobody reads it. Raise NotVisible, Invalid."""
    record = _locked(code, by)
    typed = _reason(reason)
    record.active, record.updated_at = False, Now()
    record.save(update_fields=["active", "updated_at"])
    _log(by, "attention_retired", record.code, {"reason": typed})
    return record


@transaction.atomic
def erase_attention() -> int:
    """Erase what was told about people whose record was retired long enough ago; return how many there were.

    What is left is the code, the type, the grid and the day it ended: proof that there was a record, not whose.
    """
    kept = dt.timedelta(days=settings.LIANQIN_ATTENTION_KEPT_DAYS)
    over = AttentionRecord.objects.filter(active=False, updated_at__lte=Now() - kept).exclude(name="")
    codes = dict(over.select_for_update().values_list("pk", "code"))
    if codes:
        told = AttentionRecord.objects.filter(pk__in=codes)
        told.update(name="", address="", lon=0, lat=0, fields={}, key=False)
        audit(actor_id=None, action="attention_erased", detail={"codes": sorted(codes.values())})
    return len(codes)


@transaction.atomic
def reveal_attention(*, code: str, by: Actor, reason: str, ip: str | None = None) -> AttentionRecord:
    """The whole record, for a reason that is logged in the same transaction. Raise NotVisible, Invalid."""
    record = attention_seen_by(by, code)
    typed = _reason(reason)
    _log(by, VIEWED, record.code, {"reason": typed}, ip)
    return record


def log_listing(*, by: Actor, codes: list[str], ip: str | None = None) -> None:
    """Write down which masked records somebody was shown; what was asked for stays out of the log."""
    if codes:
        _log(by, LISTED, "", {"codes": codes}, ip)


def log_opening(*, by: Actor, code: str, ip: str | None = None) -> None:
    """Write down that somebody opened a masked record."""
    _log(by, OPENED, code, {}, ip)


def _locked(code: str, by: Actor) -> AttentionRecord:
    attention_seen_by(by, code)
    locked = AttentionRecord.objects.select_for_update(of=("self",)).select_related("type")
    record = locked.filter(code=code, active=True).first()
    if record is None:
        raise NotVisible
    return record


def _own_grid(by: Actor, values: Mapping[str, Any]) -> int:
    grid_id = grid_at(values["lon"], values["lat"])
    if grid_id is None or not of_own_ground(by, grid_id):
        raise NotAllowed(_("只能登记本人负责的社区或网格内的人员"))
    return grid_id


def _reason(reason: str) -> str:
    text = str(reason or "").replace("\x00", "").strip()
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        said = _("请写明查看事由，%(least)d 至 %(most)d 个字") % {"least": LEAST_REASON, "most": MOST_REASON}
        raise Invalid(fields={"reason": [said]})
    return text


def _require_unmasked(data: Mapping[str, Any]) -> None:
    fields = data.get("fields")
    told = {**data, **{f"fields.{name}": value for name, value in dict(fields or {}).items()}}
    faults = {
        name: [_("这是脱敏后的内容，请先查看完整信息再修改")]
        for name, value in told.items()
        if isinstance(value, str) and MASKED.search(value)
    }
    if faults:
        raise ElementFault(fields=faults)


def _require(by: Actor) -> None:
    if not may_see_attention(by):
        raise NotAllowed


def _log(by: Actor, action: str, label: str, detail: Mapping[str, Any], ip: str | None = None) -> None:
    audit(actor_id=by.user_id, action=action, object_label=label, detail=detail, ip=ip)

"""The configuration's part of the audit log: who changed what, from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from configuration.selectors.wording import action_words, field_words

# Sign-ins, tokens and views of personal data are the audit officer's alone.
SHOWN = ("grids.", "catalogue.", "configuration.", "membership_")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was changed; empty where it was not there."""

    field: str
    before: str
    after: str


def changes(*, text: str = "", person: str = "") -> QuerySet[AuditEntry]:
    """Entries of the configuration, the newest first, narrowed by what they name and who made them."""
    shown = Q()
    for prefix in SHOWN:
        shown |= Q(action__startswith=prefix)
    found = AuditEntry.objects.filter(shown).select_related("actor").order_by("-pk")
    if text:
        found = found.filter(Q(object_label__icontains=text) | Q(action__icontains=text))
    if person:
        found = found.filter(Q(actor__username__icontains=person) | Q(actor__full_name__icontains=person))
    return found


def said(entry: AuditEntry) -> str:
    """What was done, in words."""
    return entry.action_label if entry.action_label != entry.action else action_words(entry.action)


def differences(detail: dict[str, Any]) -> list[Difference]:
    """What an entry says was changed: ``before`` and ``after`` side by side, what else it tells after them."""
    before, after = detail.get("before"), detail.get("after")
    rest = {name: value for name, value in detail.items() if name not in ("before", "after")}
    if not isinstance(before, dict) and not isinstance(after, dict):
        told = [Difference("", _text(before), _text(after))] if "before" in detail or "after" in detail else []
        return told + [Difference(field_words(name), "", _text(value)) for name, value in rest.items()]
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    told = [Difference(field_words(name), _text(old.get(name)), _text(new.get(name))) for name in names]
    return told + [Difference(field_words(name), "", _text(value)) for name, value in rest.items()]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, dict):
        return "、".join(f"{field_words(str(name))} {_text(each)}" for name, each in value.items())
    return str(value)

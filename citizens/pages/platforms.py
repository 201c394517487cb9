"""What the desk shows of platforms; contact data only masked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.models import IntakeDay, IntakeMessage, IntakePlatform, IntakeState, ReturnMessage, ReturnState
from citizens.models.platforms import PLATFORMS
from citizens.permissions import may_configure, may_mend
from citizens.rules.mapping import faults_of, read
from citizens.rules.shapes import faults_of_body, faults_of_schema
from citizens.rules.signing import ALGORITHMS
from citizens.services.intake import fields_of
from citizens.services.letters import EDITABLE
from citizens.services.platforms import SETTINGS
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import NotVisible
from workorders.rules.masking import mask_name, mask_phone

DAYS_SHOWN = 14
NAMES = {
    "external_ref": gettext_lazy("对方单号"),
    "title": gettext_lazy("标题"),
    "description": gettext_lazy("内容"),
    "address": gettext_lazy("地址"),
    "lon": gettext_lazy("经度"),
    "lat": gettext_lazy("纬度"),
    "category": gettext_lazy("事项代码"),
    "urgency": gettext_lazy("紧急程度"),
    "reporter_name": gettext_lazy("反映人"),
    "reporter_phone": gettext_lazy("联系电话"),
}
MASKS = {"reporter_name": mask_name, "reporter_phone": mask_phone}
WAITING = (ReturnState.QUEUED, ReturnState.SENDING, ReturnState.FAILED, ReturnState.STUCK)


def reads_platforms(actor: Actor) -> bool:
    return may_configure(actor) or may_mend(actor) or may_approve(actor)


def platform_board() -> dict[str, Any]:
    """Every platform with its figures of all days, and the last days one by one. Five statements."""
    known = list(IntakePlatform.objects.all())
    names = ("requests", "received", "repeated", "changed", "refused", "returned")
    totals = {f"all_{name}": Sum(name) for name in names}
    found = IntakeDay.objects.values("platform_id").annotate(**totals)
    sums: dict[int, Any] = {row["platform_id"]: row for row in found}
    dead = dict(IntakeMessage.objects.filter(state=IntakeState.DEAD).values_list("platform_id").annotate(n=Count("id")))
    waits = dict(ReturnMessage.objects.filter(state__in=WAITING).values_list("platform_id").annotate(n=Count("id")))
    rows = [
        {
            "platform": each,
            **{name: sums.get(each.pk, {}).get(f"all_{name}") or 0 for name in names},
            "dead": dead.get(each.pk, 0),
            "waiting": waits.get(each.pk, 0),
        }
        for each in known
    ]
    codes = {each.code for each in known}
    return {
        "rows": rows,
        "days": IntakeDay.objects.select_related("platform").order_by("-day", "platform__code")[: DAYS_SHOWN * 5],
        "missing": [(each.value, each.label) for each in PLATFORMS if each.value not in codes],
    }


def platform_parts(code: str, *, may_approve: bool, actor: Actor) -> dict[str, Any]:
    """One platform with what is in force, what waits for the second person, and its keys. Raises NotVisible."""
    platform = IntakePlatform.objects.filter(code=code).first()
    if platform is None:
        raise NotVisible
    setups = list(platform.setups.select_related("drafted_by", "decided_by")[:20])
    pending = next((each for each in setups if each.state == DraftState.SUBMITTED), None)
    keys = list(platform.keys.filter(ended_at=None).select_related("drafted_by").order_by("slot"))
    return {
        "platform": platform,
        "setups": setups,
        "pending": pending,
        "changes": _changes(platform, pending.contents) if pending else [],
        "keys": keys,
        "room_for_key": len(keys) < 2,
        "algorithms": ALGORITHMS,
        "may_approve": may_approve,
        "me": actor.user_id,
        "typed": {
            "active": "on" if platform.active else "",
            "networks": "\n".join(platform.networks),
            "per_minute": platform.per_minute,
            "per_day": platform.per_day,
            "return_address": platform.return_address,
            "mailbox": platform.mailbox,
            "mail_senders": "\n".join(platform.mail_senders),
            "mapping": _written(platform.mapping),
            "schema": _written(platform.schema),
        },
    }


def _changes(platform: IntakePlatform, contents: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(setting, now, then) of what differs."""
    pairs = [(name, getattr(platform, name), contents[name]) for name in SETTINGS]
    return [(name, _written(now), _written(then)) for name, now, then in pairs if now != then]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def previewed(given: Mapping[str, str]) -> dict[str, Any]:
    """How a pasted message would be read by the mapping and format as they are typed; nothing is kept."""
    try:
        mapping, schema = json.loads(given.get("mapping", "")), json.loads(given.get("schema", ""))
        body = json.loads(given.get("sample", ""))
    except (ValueError, RecursionError):
        return {"faults": [_("字段对照、报文格式和样例都应为有效的 JSON")]}
    if faults := [*faults_of(mapping), *faults_of_schema(schema)]:
        return {"faults": faults}
    wrong = [f"{where}：{text}" for where, texts in faults_of_body(body, schema).items() for text in texts]
    found = read(body, mapping)
    fields = [(NAMES[name], found.fields[name]) for name in NAMES if name in found.fields]
    return {"faults": wrong, "fields": fields, "notes": found.notes, "reported_at": found.reported_at}


def letters(*, q: str = "", platform: str = "", state: str = "") -> QuerySet[IntakeMessage]:
    state = state if state in IntakeState.values else IntakeState.DEAD
    found = IntakeMessage.objects.select_related("platform", "order").filter(state=state)
    if platform:
        found = found.filter(platform=_key_of(platform))
    return (found.filter(Q(external_ref__contains=q) | Q(error_code=q)) if q else found).order_by("-id")


def _key_of(code: str) -> int | None:
    """By its key the newest of a platform are found at once; by its code, all of all platforms are read."""
    return IntakePlatform.objects.filter(code=code).values_list("pk", flat=True).first()


def letter_lines(page: Sequence[IntakeMessage]) -> list[dict[str, Any]]:
    return [{"letter": each, "title": fields_of(each).get("title", "")} for each in page]


def field_lines(pk: int) -> dict[str, Any]:
    """A dead letter, field by field, with what is wrong with each. Raises NotVisible."""
    dead = IntakeMessage.objects.select_related("platform").annotate(waiting=Count("files"))
    letter = dead.filter(pk=pk, state=IntakeState.DEAD).first()
    if letter is None:
        raise NotVisible
    fields = fields_of(letter)
    lines = []
    for name in EDITABLE:
        value, mask = fields.get(name, ""), MASKS.get(name)
        wrong = "；".join(letter.errors.get(name, []))
        shown = {"masked": mask(str(value)) if mask and value else "", "value": "" if mask else value}
        lines.append({"name": name, "label": NAMES[name], "wrong": wrong, "is_long": name == "description", **shown})
    general = "；".join(letter.errors.get("", []))
    return {"letter": letter, "lines": lines, "general": general, "fixed_ref": bool(letter.external_ref)}


def returns_of(*, q: str = "", platform: str = "", state: str = "") -> QuerySet[ReturnMessage]:
    found = ReturnMessage.objects.select_related("platform", "order")
    if platform:
        found = found.filter(platform=_key_of(platform))
    if state in ReturnState.values:
        found = found.filter(state=state)
    return (found.filter(external_ref=q) if q else found).order_by("-id")


def standing_of() -> dict[str, Any]:
    """The platforms to choose from, with what waits."""
    # Of each by an index of its own: all letters together are as many as there ever were.
    dead = IntakeMessage.objects.filter(platform=OuterRef("pk"), state=IntakeState.DEAD).order_by()
    counted = dead.values("platform").annotate(n=Count("pk")).values("n")
    platforms = list(IntakePlatform.objects.annotate(dead=Coalesce(Subquery(counted), 0)))
    return {
        "platforms": platforms,
        "retryable": [each for each in platforms if each.dead],
        "letter_states": [(each.value, each.label) for each in (IntakeState.DEAD, IntakeState.DISCARDED)],
        "return_states": ReturnState.choices,
    }

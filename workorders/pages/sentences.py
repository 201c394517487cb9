"""Events as plain Chinese: who did what, why. Machine events have no actor."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from lianqin.kernel.actors import ActorKind
from workorders.models import Event
from workorders.pages.shapes import Happening, Picture
from workorders.pages.tags import Text, Tone
from workorders.pages.words import LOOKS, TIERS
from workorders.rules.corrections import Correction
from workorders.rules.inputs import LABELS
from workorders.states import Level, RequestKind, Stage, Tier

TALK = frozenset({"comment", "attach", "callback", "callback_missed", "answered"})
REPEATED = frozenset({"supervised", "reminded"})
NO_NAMES: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Names:
    """Names by primary key, loaded for the whole timeline at once."""

    users: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    streets: Mapping[int, str] = field(default_factory=dict)
    orders: Mapping[int, str] = field(default_factory=dict)

    def unit(self, pk: Any) -> str:
        return self.units.get(pk, _("有关单位"))

    def join(self, pks: Iterable[Any]) -> str:
        return "、".join(self.unit(pk) for pk in pks)


Sentence = Callable[[Mapping[str, Any], Names], str]


def _dispatched(data: Mapping[str, Any], names: Names) -> str:
    lead = _lead(data, names) if data.get("lead") else _("派遣")
    return (
        _("%(lead)s, %(assists)s 协办") % {"lead": lead, "assists": names.join(data["assists"])}
        if data.get("assists")
        else lead
    )


def _lead(data: Mapping[str, Any], names: Names) -> str:
    """What the list said is part of the sentence, whether it was followed or not."""
    told = {"lead": names.unit(data["lead"]), "rule": data.get("rule"), "listed": names.unit(data.get("suggested"))}
    followed = data.get("followed")
    if followed is None:
        return _("派给 %(lead)s 主办") % told
    if followed:
        return (_("按规则 %(rule)s 派给 %(lead)s 主办") if told["rule"] else _("按仲裁结论派给 %(lead)s 主办")) % told
    said = (_("规则 %(rule)s 建议 %(listed)s") if told["rule"] else _("仲裁结论建议 %(listed)s")) % told
    why = data.get("correction")
    said += _("，%s") % Correction(why).label if why in Correction.values else ""
    return _("改派给 %(lead)s 主办（%(said)s）") % {"lead": told["lead"], "said": said}


def _requested(data: Mapping[str, Any], names: Names) -> str:
    what = RequestKind(data["request_kind"]).label
    return _("申请%(what)s，待%(who)s审批") % {"what": what, "who": Tier(data["tier"]).label}


def _refused(data: Mapping[str, Any], names: Names) -> str:
    return _("申请未获同意") if data.get("outcome") != "expired" else _("申请逾期未批，视为不同意")


def _stage(data: Mapping[str, Any]) -> str:
    return str(Stage(data["stage"]).label) if data.get("stage") in Stage.values else ""


def _warned(data: Mapping[str, Any], names: Names) -> str:
    used = _("已用一半") if data.get("name") == "half" else _("已用 80%")
    told = _(", 提醒 %s") % names.unit(data["unit"]) if data.get("unit") else ""
    return _("%(stage)s时限%(used)s%(told)s") % {"stage": _stage(data), "used": used, "told": told}


def _reminded(data: Mapping[str, Any], names: Names) -> str:
    if data.get("why") == "by_hand":
        return _("催办 %s") % names.unit(data.get("unit"))
    return _("%(stage)s到期，催办 %(unit)s") % {"stage": _stage(data), "unit": names.unit(data.get("unit"))}


def _supervised(data: Mapping[str, Any], names: Names) -> str:
    tier = TIERS.get(data.get("tier") or 1, TIERS[3])
    unit = names.unit(data.get("unit"))
    if data.get("why") == "by_hand":
        return _("对 %(unit)s 发出%(tier)s") % {"unit": unit, "tier": tier}
    if data.get("why") == "unanswered":
        return _("督办逾期未答复，对 %(unit)s 发出%(tier)s") % {"unit": unit, "tier": tier}
    return _("%(stage)s逾期，对 %(unit)s 发出%(tier)s") % {
        "stage": _stage(data),
        "unit": unit,
        "tier": tier,
    }


def _whistled(data: Mapping[str, Any], names: Names) -> str:
    units, people = data.get("units", 0), data.get("people", 0)
    if units and people:
        return _("吹哨，召集 %(units)d 个单位、%(people)d 人到场") % {"units": units, "people": people}
    return str(_("吹哨，召集 %d 个单位到场") % units if units else _("吹哨，请 %d 人到场") % people)


def _arrived(data: Mapping[str, Any], names: Names) -> str:
    who = names.unit(data["unit"]) if data.get("unit") else _("被召集人")
    if data.get("distance") is None:
        return _("%s 到场报到，由吹哨人确认") % who
    return _("%(who)s 到场报到，距现场 %(distance)d 米") % {"who": who, "distance": data["distance"]}


def _no_show(data: Mapping[str, Any], names: Names) -> str:
    return _("%s 未按时到场") % (names.unit(data["unit"]) if data.get("unit") else _("被召集人"))


def _called(data: Mapping[str, Any], names: Names) -> str:
    if not data.get("reached"):
        return _("回访未接通")
    return _("回访接通，反映人满意") if data.get("satisfied") else _("回访接通，反映人不满意")


def _escalated(data: Mapping[str, Any], names: Names) -> str:
    if data.get("stage"):
        return _("超过%s时限，系统自动升级至区联勤指挥中心") % _stage(data)
    return _("升级至区联勤指挥中心")


def _merged(data: Mapping[str, Any], names: Names) -> str:
    """The master's number is there for those who see that order."""
    number = names.orders.get(data.get("master", 0))
    return _("并入工单 %s") % number if number else _("并入另一件工单")


def _returned(data: Mapping[str, Any], names: Names) -> str:
    return _("逾期未签收，系统退回指挥中心") if data.get("timer") else _("退单")


def _resumed(data: Mapping[str, Any], names: Names) -> str:
    return _("到复核日期，自动恢复办理") if data.get("timer") else _("恢复办理")


def _approved(what: str) -> Sentence:
    def say(data: Mapping[str, Any], names: Names) -> str:
        return _("同意%s") % what if data.get("approved") else what

    return say


SENTENCES: Mapping[str, Sentence] = {
    "report": lambda data, names: _("上报") if data.get("placed", True) else _("上报，位置待确定"),
    "place": lambda data, names: _("确定位置"),
    "dispatch": _dispatched,
    "arbitrate": lambda data, names: _("仲裁：%s") % _dispatched(data, names),
    "request": _requested,
    "request_refused": _refused,
    "warned": _warned,
    "reminded": _reminded,
    "supervised": _supervised,
    "callback": _called,
    "callback_missed": lambda data, names: _("回访到期，没有通上话"),
    "credited": lambda data, names: (
        _("平台停机，%(stage)s时限顺延 %(seconds)s 秒") % {"stage": _stage(data), "seconds": data.get("seconds", 0)}
    ),
    "arbitration_raised": lambda data, names: _("仲裁逾期未决，提交上一级裁决"),
    "escalate": _escalated,
    "merge": _merged,
    "merged_in": lambda data, names: _("另一件工单并入本单"),
    "regrid": lambda data, names: _("网格调整，工单归入现在的网格"),
    "unmerge": lambda data, names: _("主单终止，本单恢复办理"),
    "answered": lambda data, names: _("主单已结案，一并答复上报人"),
    "return_assignment": _returned,
    "resume": _resumed,
    "decline": _approved(_("不予立案")),
    "void": _approved(_("作废")),
    "extend": _approved(_("延期")),
    "shelve": _approved(_("挂账")),
    "verify": lambda data, names: _("核查通过，工单结案"),
    "rework": lambda data, names: _("核查未通过，退回返工"),
    "hand_down": lambda data, names: _("交办街道"),
    "register_to_district": lambda data, names: _("立案并直报区级"),
    "whistled": _whistled,
    "arrived": _arrived,
    "no_show": _no_show,
}
TONES: Mapping[str, Tone] = {
    "report": "primary",
    "register": "ok",
    "verify": "ok",
    "submit_result": "ok",
    "handle_on_site": "ok",
    "dispatch": "primary",
    "acknowledge": "primary",
    "arbitrate": "primary",
    "escalate": "warn",
    "register_to_district": "warn",
    "warned": "warn",
    "reminded": "warn",
    "supervised": "critical",
    "return_assignment": "warn",
    "rework": "warn",
    "decline": "warn",
    "request_refused": "warn",
    "whistled": "primary",
    "arrived": "ok",
    "no_show": "warn",
}
ICONS: Mapping[str, str] = {
    "report": "headset",
    "attach": "photo",
    "request": "writing-sign",
    "merged_in": "git-merge",
    "whistled": "speakerphone",
}
# Texts of an event in the order in which they are shown.
REASONS = ("reason", "result", "instruction", "comment", "answer", "address")


def happening(event: Event, names: Names, texts: Mapping[str, str], pictures: tuple[Picture, ...] = ()) -> Happening:
    """One event in words. ``texts`` are its erasable texts by field."""
    body = json.loads(event.body)
    data: Mapping[str, Any] = body["data"]
    machine = event.actor_kind == ActorKind.SYSTEM
    say = SENTENCES.get(event.kind)
    sentence: Text = say(data, names) if say else LABELS.get(event.kind, event.kind)
    look = LOOKS.get(event.kind)
    shown = [texts[name] for name in REASONS if texts.get(name) and not (machine and name == "reason")]
    return Happening(
        at=event.at,
        actor=_actor(event, names),
        sentence=sentence,
        reason="; ".join(shown),
        icon=ICONS.get(event.kind) or (look.icon if look else "point"),
        tone=TONES.get(event.kind, "muted"),
        is_machine=machine,
        is_late=event.late,
        is_talk=event.kind in TALK,
        kind=event.kind,
        seq=event.seq,
        raises=body["changes"]["order"].get("level") == Level.DISTRICT and event.kind != "report",
        pictures=pictures,
    )


def folded(history: Iterable[Happening]) -> list[Happening]:
    """Oldest first. Equal reminders with nobody's act between them become the last of them, with their number."""
    found: list[Happening] = []
    for one in history:
        twin = _twin(found, one) if one.kind in REPEATED else None
        if twin is not None:
            found.remove(twin)
            one = replace(one, times=twin.times + 1, since=twin.since or twin.at)
        found.append(one)
    return found


def _twin(found: list[Happening], one: Happening) -> Happening | None:
    since_people = itertools.takewhile(lambda each: each.is_machine, reversed(found))
    return next((each for each in since_people if (each.kind, each.sentence) == (one.kind, one.sentence)), None)


def _actor(event: Event, names: Names) -> str:
    if event.actor_kind == ActorKind.SYSTEM:
        return ""
    if event.user_id is None:
        return _("匿名居民")
    person = names.users.get(event.user_id, _("已注销人员"))
    unit = names.units.get(event.unit_id, "") if event.unit_id is not None else ""
    return f"{unit} {person}".strip()


def unit_ids(data: Mapping[str, Any]) -> set[int]:
    """Which units the facts of an event name."""
    single = {data.get("lead"), data.get("unit"), data.get("suggested")}
    several = [pk for name in ("assists", "added", "revoked") for pk in data.get(name) or ()]
    return {pk for pk in (*single, *several) if isinstance(pk, int)}

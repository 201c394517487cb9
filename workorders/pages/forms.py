"""The forms of exactly the actions that somebody may take now, filled in with what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workorders.models import Request, WorkOrder
from workorders.models.orders import Urgency
from workorders.pages.choices import Choices
from workorders.pages.entries import Choice, Form, Input
from workorders.pages.tags import Text
from workorders.pages.words import BAR_ENDS_AT, LETTERS, LOOKS, MOST_IN_BAR, Look
from workorders.registry import is_taken_over
from workorders.rules import inputs as asked
from workorders.rules.inputs import LABELS, Kind
from workorders.services.offers import Offer
from workorders.states import ASSIGNMENT_ACTIONS

API = "/api/v1/work-orders"
# Which attachments an action brings along, by stage, and whether the form says that they are expected.
FILES = {"submit_result": "after", "handle_on_site": "after", "comment": "note"}
LONG_TEXT = frozenset({"reason", "result", "instruction", "comment"})
ONE_LEAD = {"dispatch", "arbitrate"}
# In a form of its own, and beside the suggestion that is not followed.
ASKED_ELSEWHERE = frozenset({("dispatch", "adopt"), ("dispatch", "correction"), ("dispatch", "reason")})
# What cannot be taken back says so above the button.
GRAVE: Mapping[str, Text] = {
    "escalate": gettext_lazy("升级后由区级接手，街道不能撤回；未完成的派单将终止。"),
    "void": gettext_lazy("作废后工单终止，不再办理，不能恢复。"),
    "withdraw": gettext_lazy("撤回后工单终止，不能恢复；需要时请重新上报。"),
    "decline": gettext_lazy("批准后工单终止，理由会原样告知上报人。"),
    "merge": gettext_lazy("并案后本单不再单独办理；请核对主单号。"),
}


def forms_of(order: WorkOrder, offers: Iterable[Offer], choices: Choices) -> tuple[Form, ...]:
    """In the order of the bar; what does not fit there goes under 更多."""
    here = (offer for offer in offers if offer.action in LOOKS and not is_taken_over(offer.action, order))
    ranked = sorted(here, key=lambda offer: LOOKS[offer.action].rank)
    forms = []
    for place, offer in enumerate(ranked):
        look = LOOKS[offer.action]
        in_more = look.rank >= BAR_ENDS_AT or place >= MOST_IN_BAR
        forms.append(
            _form(
                order, offer, look, choices, is_main=place == 0 and look.rank < LOOKS["comment"].rank, in_more=in_more
            )
        )
        if offer.action == "dispatch" and choices.has_superseded:
            forms.append(_adopt(order, offer, choices))
    return tuple(_with_letters(forms))


def _with_letters(forms: Iterable[Form]) -> Iterable[Form]:
    """Each letter takes one action: of two on two assignments the first."""
    taken: set[str] = set()
    for form in forms:
        letter = LETTERS.get(form.action, "")
        yield replace(form, letter=letter) if letter and letter not in taken else form
        taken.add(letter)


def _adopt(order: WorkOrder, offer: Offer, choices: Choices) -> Form:
    """Send an escalated order to those who had it before, in one click."""
    return Form(
        "adopt", _("沿用原派单"), _url(order, offer), offer.version, "history", action="adopt",
        inputs=(Input("adopt", "hidden", value="true", data_type="true"),),
        explanation=_("按升级前的派单继续：%s") % choices.superseded_names, done=_("已沿用原派单"), at_once=True,
    )  # fmt: skip


def _form(order: WorkOrder, offer: Offer, look: Look, choices: Choices, *, is_main: bool, in_more: bool) -> Form:
    label = LABELS[offer.action]
    party = next((part for part in order.assignments.all() if part.pk == offer.assignment_id), None)
    button: Text = ""
    if offer.action == "dispatch" and choices.default_name:
        button = _("派给 %s") % choices.default_name
    elif offer.action == "escalate":
        button = _("升级到区")
    elif offer.action == "override" and party is not None:
        button = _("代 %s 办结") % party.unit.short_name
    entries = tuple(_inputs(order, offer, choices))
    if offer.action in FILES:
        hint = _("结案须有处置后的照片") if "evidence" in offer.needs else ""
        entries += (Input("files", "files", _("照片或录像"), required=False, value=FILES[offer.action], hint=hint),)
    key = offer.action if offer.assignment_id is None else f"{offer.action}-{offer.assignment_id}"
    return Form(
        key=key,
        action=offer.action,
        label=label,
        url=_url(order, offer),
        version=offer.version,
        icon=look.icon,
        tone="primary" if is_main and look.tone != "danger" else look.tone,
        button=button,
        explanation=look.explanation,
        warning=GRAVE.get(offer.action, ""),
        inputs=entries,
        upload_url=f"{API}/{order.number}/attachments/" if offer.action in FILES else "",
        done=look.done,
        in_more=in_more,
    )


def _url(order: WorkOrder, offer: Offer) -> str:
    if offer.action in ASSIGNMENT_ACTIONS and offer.assignment_id is not None:
        word = "return" if offer.action == "return_assignment" else offer.action
        return f"{API}/{order.number}/assignments/{offer.assignment_id}/{word}/"
    return f"{API}/{order.number}/{offer.action}/"


def _inputs(order: WorkOrder, offer: Offer, choices: Choices) -> Iterable[Input]:
    for field in offer.inputs:
        if field.kind in (Kind.LATITUDE, Kind.EXTENT) or (offer.action, field.name) in ASKED_ELSEWHERE:
            continue
        entry = _input(order, offer, field, choices)
        if entry is not None:
            yield replace(entry, required=field.required)


def _input(order: WorkOrder, offer: Offer, field: asked.Input, choices: Choices) -> Input | None:
    name, label = field.name, field.label
    match field.kind:
        case Kind.UNIT:
            return Input(name, "picker", label, choices=choices.units(suggest=True))
        case Kind.UNITS:
            return _units(offer, field, choices)
        case Kind.CATEGORY:
            if offer.action == "register" and order.category_id is not None:
                return None
            return Input(name, "picker", label, choices=choices.categories())
        case Kind.URGENCY:
            current = order.urgency
            options = tuple(Choice(value, text, checked=value == current) for value, text in Urgency.choices)
            return Input(name, "choices", label, choices=options)
        case Kind.STREETS | Kind.STREET:
            several = field.kind == Kind.STREETS
            return Input(
                name, "picker", label, choices=choices.streets(), multiple=several, data_type="list" if several else ""
            )
        case Kind.WORKER:
            return Input(name, "picker", label, choices=choices.workers())
        case Kind.LONGITUDE:
            return Input("lon", "place", _("位置"), lon=order.lon or "", lat=order.lat or "")
        case Kind.DATE:
            return Input(name, "date", label)
        case Kind.WORKDAYS | Kind.HOURS:
            hint = _("或改填下面的小时，填一项即可") if field.kind == Kind.WORKDAYS else ""
            return Input(name, "number", label, hint=hint, data_type="int" if field.kind == Kind.WORKDAYS else "float")
        case Kind.FLAG:
            return _flag(order, field)
        case Kind.ORDER:
            return Input(name, "line", label, placeholder=_("例如 %s") % order.number)
        case _:
            return Input(name, "text" if name in LONG_TEXT else "line", label)


def _units(offer: Offer, field: asked.Input, choices: Choices) -> Input | None:
    offered = (
        choices.units(suggest=False) if offer.action in ONE_LEAD else choices.part_units(live=field.name == "revoke")
    )
    if not offered:
        return None
    excludes = "lead" if offer.action in ONE_LEAD else ""
    return Input(field.name, "picker", field.label, choices=offered, multiple=True, data_type="list", excludes=excludes)


def _flag(order: WorkOrder, field: asked.Input) -> Input | None:
    if field.name != "conditions_confirmed":
        return Input(field.name, "check", field.label)
    conditions = order.category.registration_conditions if order.category is not None else []
    if order.category is not None and not conditions:
        return None
    return Input(field.name, "check", field.label, hint="; ".join(conditions))


def decision_forms(order: WorkOrder, request: Request) -> tuple[Form, Form]:
    """Approve or refuse a request, with an answer."""
    kind = request.get_kind_display()
    base = f"{API}/{order.number}/requests/{request.pk}"
    answer = Input("answer", "text", _("审批意见"), required=False)
    approve = Form(
        f"approve-{request.pk}", _("同意%s") % kind, f"{base}/approve/", order.version, "check", "primary",
        inputs=(answer,), done=_("已同意"), action="approve", explanation=request.reason,
    )  # fmt: skip
    refuse = Form(
        f"refuse-{request.pk}", _("不同意%s") % kind, f"{base}/refuse/", order.version, "x", "danger",
        inputs=(replace(answer, required=True),), done=_("已答复不同意"), action="refuse", explanation=request.reason,
    )  # fmt: skip
    return approve, refuse

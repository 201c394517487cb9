"""The forms of exactly the actions that somebody may take now, filled in with what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from catalogue.selectors import category_tree, default_unit_id
from grids.models import Membership, Street, Unit
from grids.selectors import memberships_in_force, units_for_dispatch
from workorders.models import Request, WorkOrder
from workorders.models.orders import Urgency
from workorders.pages.shapes import Choice, Form, Input, Tag, Text
from workorders.pages.words import BAR_ENDS_AT, LOOKS, MOST_IN_BAR, Look
from workorders.rules import inputs as asked
from workorders.rules.inputs import LABELS, Kind
from workorders.services.offers import Offer
from workorders.states import AssignmentStatus

API = "/api/v1/work-orders"
# Which attachments an action brings along, by stage, and whether the form says that they are expected.
FILES = {"submit_result": "after", "handle_on_site": "after", "comment": "note"}
LONG_TEXT = frozenset({"reason", "result", "instruction", "comment"})
ONE_LEAD = {"dispatch", "arbitrate"}


@dataclass(frozen=True)
class Choices:
    """What the pickers of one order offer; read only if a form needs it."""

    order: WorkOrder

    @cached_property
    def default_unit(self) -> int | None:
        order = self.order
        if order.category is None:
            return None
        return default_unit_id(
            category=order.category, level=order.level, street_id=order.street_id, district_id=order.district_id
        )

    @cached_property
    def departments(self) -> list[Unit]:
        order = self.order
        found = units_for_dispatch(level=order.level, street_id=order.street_id, district_id=order.district_id)
        first = self.default_unit
        return sorted(found, key=lambda unit: (unit.pk != first, unit.level, unit.street_id or 0, unit.pinyin))

    @cached_property
    def default_name(self) -> str:
        return next((unit.short_name for unit in self.departments if unit.pk == self.default_unit), "")

    def units(self, *, suggest: bool) -> tuple[Choice, ...]:
        return tuple(self._unit(unit, suggest and unit.pk == self.default_unit) for unit in self.departments)

    def _unit(self, unit: Unit, suggested: bool) -> Choice:
        group: Text = unit.street.name if unit.street is not None else _("区级部门")
        return Choice(
            value=unit.code,
            label=unit.name,
            note=_("事项目录的默认承办单位") if suggested else "",
            group=_("推荐") if suggested else group,
            search=unit.pinyin,
            tag=Tag(_("推荐"), "primary") if suggested else Tag(_("垂直管理"), "muted") if unit.vertical else None,
            checked=suggested,
        )

    def part_units(self, *, live: bool) -> tuple[Choice, ...]:
        taken = {part.unit_id: part for part in self.order.assignments.all() if part.is_live}
        if live:
            return tuple(Choice(part.unit.code, part.unit.name) for part in taken.values() if part.role == "assist")
        return tuple(self._unit(unit, False) for unit in self.departments if unit.pk not in taken)

    def categories(self) -> tuple[Choice, ...]:
        current = self.order.category_id
        return category_choices(current)

    def workers(self) -> tuple[Choice, ...]:
        posts = memberships_in_force().filter(grid__community=self.order.community).select_related("user", "grid")
        rows = posts.defer("grid__boundary").order_by("grid__code", "pk")
        return tuple(self._worker(post) for post in rows)

    def _worker(self, post: Membership) -> Choice:
        here = post.grid_id == self.order.grid_id
        tag = Tag(_("本网格"), "primary") if here else None
        return Choice(post.user.username, post.user.full_name, str(post.get_post_display()), str(post.grid), tag=tag)

    def streets(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(street.code, street.name, search=street.pinyin, checked=street.pk == self.order.street_id)
            for street in Street.objects.defer("boundary").order_by("code")
        )

    @property
    def has_superseded(self) -> bool:
        return any(part.status == AssignmentStatus.SUPERSEDED for part in self.order.assignments.all())


def category_choices(current: int | None) -> tuple[Choice, ...]:
    """All matters under their classes."""
    return tuple(
        Choice(
            value=leaf.code,
            label=leaf.name,
            group=top.name,
            search=leaf.pinyin,
            tag=Tag(_("垂直管理"), "muted") if leaf.vertical else None,
            checked=leaf.id == current,
        )
        for top in category_tree()
        for leaf in top.children
    )


def forms_of(order: WorkOrder, offers: Iterable[Offer]) -> tuple[Form, ...]:
    """In the order of the bar; what does not fit there goes under 更多."""
    choices = Choices(order)
    ranked = sorted((offer for offer in offers if offer.action in LOOKS), key=lambda offer: LOOKS[offer.action].rank)
    forms = []
    for place, offer in enumerate(ranked):
        look = LOOKS[offer.action]
        in_more = look.rank >= BAR_ENDS_AT or place >= MOST_IN_BAR
        forms.append(
            _form(
                order, offer, look, choices, is_main=place == 0 and look.rank < LOOKS["comment"].rank, in_more=in_more
            )
        )
    return tuple(forms)


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
        label=label,
        url=_url(order, offer),
        version=offer.version,
        icon=look.icon,
        tone="primary" if is_main and look.tone != "danger" else look.tone,
        button=button,
        explanation=look.explanation,
        inputs=entries,
        upload_url=f"{API}/{order.number}/attachments/" if offer.action in FILES else "",
        done=look.done,
        in_more=in_more,
    )


def _url(order: WorkOrder, offer: Offer) -> str:
    if offer.assignment_id is not None:
        return f"{API}/{order.number}/assignments/{offer.assignment_id}/{offer.action}/"
    return f"{API}/{order.number}/{offer.action}/"


def _inputs(order: WorkOrder, offer: Offer, choices: Choices) -> Iterable[Input]:
    for field in offer.inputs:
        if field.kind == Kind.LATITUDE or (field.name == "adopt" and not choices.has_superseded):
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
            hint = _("工作日与小时填一项即可")
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
        inputs=(answer,), done=_("已同意"),
    )  # fmt: skip
    refuse = Form(
        f"refuse-{request.pk}", _("不同意%s") % kind, f"{base}/refuse/", order.version, "x", "danger",
        inputs=(replace(answer, required=True),), done=_("已答复不同意"),
    )  # fmt: skip
    return approve, refuse

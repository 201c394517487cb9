"""One order as a page: facts, steps, clocks, parties, requests, timeline and the forms of the actor."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User, UserKind
from grids.models import Unit
from lianqin.kernel import clock as database_clock
from lianqin.kernel.actors import Actor
from workorders.models import Attachment, Event, Request, Timer, WorkOrder
from workorders.pages.choices import Choices
from workorders.pages.clocks import at, clock_of
from workorders.pages.entries import Form
from workorders.pages.evidence import told_to_verify
from workorders.pages.faces import Clock
from workorders.pages.forms import decision_forms, forms_of
from workorders.pages.marks import badges, status_tag, urgency_tag
from workorders.pages.sentences import Names, folded, happening, unit_ids
from workorders.pages.shapes import Fact, Happening, Page, Picture, Place, Step
from workorders.pages.side import neighbours, open_request, party, party_rows, twins
from workorders.pages.tags import Tag
from workorders.pages.words import LEVEL_TONES
from workorders.registry import panels
from workorders.rules.masking import mask_name
from workorders.selectors import history_of, seen_among, visible_to
from workorders.services.contacts import may_reveal
from workorders.services.nearby import around
from workorders.services.offers import available_actions, decidable_requests
from workorders.states import FINAL, OPEN, Level, Outcome, Role, Status, TimerState

STEPS = (
    gettext_lazy("上报"),
    gettext_lazy("立案"),
    gettext_lazy("派遣"),
    gettext_lazy("处置"),
    gettext_lazy("核查"),
    gettext_lazy("结案"),
)
# How far an order has come: the index of the step that goes on now.
NOW_AT = {
    Status.REPORTED: 1,
    Status.REGISTERED: 2,
    Status.DISPATCHED: 3,
    Status.HANDLING: 3,
    Status.SUBMITTED: 4,
    Status.SHELVED: 2,
    Status.CLOSED: 6,
    Status.DECLINED: 1,
    Status.MERGED: 2,
    Status.VOIDED: 2,
}
ENDINGS = {
    Status.CLOSED: (gettext_lazy("已结案。"), "ok"),
    Status.DECLINED: (gettext_lazy("不予立案；上报人可在五个工作日内提出一次异议。"), ""),
    Status.MERGED: (gettext_lazy("已并入另一件工单，随主单办理和答复。"), "primary"),
    Status.VOIDED: (gettext_lazy("已作废。"), ""),
}


def page_of(order: WorkOrder, actor: Actor, now: dt.datetime | None = None) -> Page:
    """``order`` comes from selectors.with_parts. Less than twenty queries, whatever the length of the history."""
    now = now or database_clock.now()
    timers = sorted(order.timers.all(), key=lambda timer: (timer.state == TimerState.PAUSED, timer.due_at))
    attachments = list(order.attachments.filter(erased_at=None).order_by("pk"))
    main = main_clock(order, timers, now)
    outcome, tone = ENDINGS.get(order.status, ("", ""))  # type: ignore[call-overload]
    decidable = {request.pk for request in decidable_requests(actor, order)}
    offers, choices = available_actions(actor, order), Choices(order)
    forms = told_to_verify(forms_of(order, offers, choices), order, attachments)
    offered = {offer.action for offer in offers}
    told = timeline(order, attachments, actor)
    found = around(actor, order, now) if order.status in OPEN else []
    open_requests = [request for request in order.requests.all() if request.outcome == Outcome.PENDING]
    return Page(
        number=order.number,
        url=reverse("workorders:order", args=[order.number]),
        print_url=reverse("workorders:print", args=[order.number]),
        title=order.text.title,
        address=order.text.address,
        description=order.text.description,
        version=order.version,
        status=status_tag(order),
        level=Tag(order.get_level_display(), LEVEL_TONES[order.level]),
        source=order.get_source_display(),
        holder=order.holder.name if order.holder else "",
        place=place_of(order),
        now=now,
        urgency=urgency_tag(order),
        badges=badges(order),
        steps=steps(order),
        clock=main,
        clocks=tuple(clock_of(each, order, now) for each in timers if not each.assignment_id and not each.request_id),
        facts=facts(order, actor),
        reveal_url=reveal_url(order, actor),
        pictures=tuple(picture(each) for each in attachments if each.stage == "report"),
        parties=tuple(party(each, order, timers, now) for each in party_rows(order.assignments.all())),
        requests=tuple(open_request(each, order, timers, now, each.pk in decidable) for each in open_requests),
        timeline=told,
        archived_at=order.archived_at,
        rise=next((each for each in told if each.raises), None) if order.level == Level.DISTRICT else None,
        forms=forms,
        duplicates=twins(found, now),
        nearby=neighbours(found, now, back=False),
        returned=neighbours(found, now, back=True),
        may_merge="merge" in offered,
        may_register="register" in offered,
        status_code=order.status,
        request_forms=request_forms(order, open_requests, decidable),
        outcome=outcome,
        outcome_tone=tone,
        panels=panels(actor, order, now),
    )


def request_forms(order: WorkOrder, requests: Iterable[Request], decidable: set[int]) -> tuple[Form, ...]:
    return tuple(form for each in requests if each.pk in decidable for form in decision_forms(order, each))


def place_of(order: WorkOrder) -> Place:
    divisions = (order.street, order.grid or order.community)
    return Place(
        longitude=order.lon,
        latitude=order.lat,
        grid_code=order.grid.code if order.grid else "",
        grid_name=str(order.grid) if order.grid else "",
        street_code=order.street.code if order.street else "",
        path=" · ".join(str(each) for each in divisions if each is not None),
    )


def steps(order: WorkOrder) -> tuple[Step, ...]:
    here = NOW_AT[Status(order.status)]
    stopped = order.status in FINAL and order.status != Status.CLOSED
    if stopped and order.registered_at is None:
        here = min(here, 1)
    leads = [each for each in order.assignments.all() if each.role == Role.LEAD]
    sent = leads[-1].dispatched_at if leads else None
    notes = (order.reported_at, order.registered_at, sent, order.submitted_at, order.ended_at, order.ended_at)
    shown = []
    for index, label in enumerate(STEPS):
        if index < here:
            # Settled on the spot: some steps were never needed.
            shown.append(Step(label, at(notes[index]) or _("无需"), "done"))
        elif index > here:
            shown.append(Step(label, "", "todo"))
        elif stopped:
            shown.append(Step(order.get_status_display(), at(order.ended_at), "stopped"))
        elif order.status == Status.SHELVED:
            shown.append(Step(_("挂账"), _("计时暂停"), "stopped"))
        else:
            shown.append(Step(label, order.get_status_display(), "now"))
    return tuple(shown)


def main_clock(order: WorkOrder, timers: list[Timer], now: dt.datetime) -> Clock | None:
    """The running clock of the order that ends first, as on the lines of the queue; else the paused one."""
    own = [timer for timer in timers if not timer.assignment_id and not timer.request_id]
    own.sort(key=lambda timer: (timer.state == TimerState.PAUSED, timer.due_at))
    return clock_of(own[0], order, now, suffix=_("剩余时间")) if own and order.status not in FINAL else None


def facts(order: WorkOrder, actor: Actor) -> tuple[Fact, ...]:
    category = order.category
    found = [Fact(_("事项分类"), category.name if category else _("待定"))]
    contact = getattr(order, "contact", None)
    if contact is not None:
        found.append(Fact(_("反映人"), str(contact)))
    found.append(Fact(_("上报时间"), timezone.localtime(order.reported_at).strftime("%Y-%m-%d %H:%M:%S")))
    if order.external_ref:
        found.append(Fact(_("外部单号"), order.external_ref))
    if order.master is not None and seen_among(actor, [order.master_id]):
        url = reverse("workorders:order", args=[order.master.number])
        found.append(Fact(_("并入工单"), order.master.number, url=url))
    if category is not None and order.status == Status.REPORTED and category.registration_conditions:
        found.append(Fact(_("立案条件"), "; ".join(category.registration_conditions), wide=True))
    if category is not None and order.status == Status.SUBMITTED and category.closing_conditions:
        found.append(Fact(_("结案条件"), "; ".join(category.closing_conditions), wide=True))
    return tuple(found)


def reveal_url(order: WorkOrder, actor: Actor) -> str:
    """Where the actor asks for the contact data; empty if there is none or it is not for them."""
    if getattr(order, "contact", None) is None or not may_reveal(actor, order):
        return ""
    return reverse("api:work-order-reveal-contact", args=[order.number])


def picture(row: Attachment) -> Picture:
    kind = row.mime.split("/")[0]
    base = f"/api/v1/work-orders/{row.order.number}/attachments/{row.key}/"
    return Picture(
        url=f"{base}file",
        name=row.file_name,
        kind="picture" if kind == "image" else "video" if kind == "video" else "audio" if kind == "audio" else "file",
        mark="" if row.stage == "report" else row.get_stage_display(),
        thumbnail_url=f"{base}thumbnail" if row.thumbnail_path else "",
    )


def timeline(
    order: WorkOrder, attachments: list[Attachment], actor: Actor, *, oldest_first: bool = False
) -> tuple[Happening, ...]:
    events = list(history_of(order))
    names = names_of(events, actor)
    shown = [
        happening(event, names, {text.field: text.text for text in event.texts.all()}, _pictures(event, attachments))
        for event in events
    ]
    # On paper every line stands for itself.
    return tuple(shown if oldest_first else reversed(folded(shown)))


def _pictures(event: Event, attachments: list[Attachment]) -> tuple[Picture, ...]:
    key = json.loads(event.body)["data"].get("attachment")
    return tuple(picture(each) for each in attachments if key is not None and key in (each.pk, str(each.key)))


def names_of(events: list[Event], actor: Actor) -> Names:
    bodies = [json.loads(event.body)["data"] for event in events]
    units = {event.unit_id for event in events if event.unit_id is not None}.union(*map(unit_ids, bodies))
    masters = {data["master"] for data in bodies if isinstance(data.get("master"), int)}
    users = {event.user_id for event in events if event.user_id is not None}
    return Names(
        users={
            pk: mask_name(name) if kind == UserKind.CITIZEN else name
            for pk, name, kind in User.objects.filter(pk__in=users).values_list("pk", "full_name", "kind")
        },
        units=dict(Unit.objects.filter(pk__in=units).values_list("pk", "short_name")),
        orders=dict(visible_to(actor).filter(pk__in=masters).values_list("pk", "number")) if masters else {},
    )

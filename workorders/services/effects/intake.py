"""Before registration: claim, place, register."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grids.ground import Place, ground
from grids.selectors import memberships_in_force
from workorders.errors import Invalid, NotAllowed
from workorders.models import OrderText
from workorders.models.orders import CITIZEN_SOURCES, Urgency
from workorders.rules.sampling import drawn
from workorders.services import clocks
from workorders.services.effects.dispatching import end
from workorders.services.moves import Move, centre_id, check, effect
from workorders.services.search import index_text
from workorders.services.storing import Write, store
from workorders.states import AssignmentStatus, Level, Stage, Status, TimerState


@effect("claim")
def claim(move: Move) -> None:
    assert move.order.community_id is not None
    move.holder_id = ground().workstation_id(move.order.community_id)


@check("assign_worker")
def check_worker(move: Move) -> None:
    held = memberships_in_force().filter(user_id=move.data["worker"].user_id)
    if not held.filter(grid__community=move.order.community).exists():
        raise Invalid(fields={"worker": [_("请选择本社区的网格员")]})


@effect("assign_worker")
def assign_worker(move: Move) -> None:
    move.order.worker_id = move.data["worker"].user_id
    move.facts["worker"] = move.data["worker"].user_id
    move.holder_id = move.order.holder_id


@effect("pass_up")
def pass_up(move: Move) -> None:
    move.order.worker_id = None
    move.holder_id = centre_id(move.order, Level.STREET)


@check("place", "relocate")
def check_point(move: Move) -> None:
    place = ground().locate(move.data["lon"], move.data["lat"])
    if place is None:
        raise Invalid(code="outside_every_grid", fields={"lon": [_("该点不在任何网格内，请在地图上重新选点")]})
    if move.row.action == "relocate" and place.grid_id == move.order.grid_id:
        raise Invalid(code="same_grid", fields={"lon": [_("新位置仍在原网格内，无需更正")]})


@effect("place")
def place(move: Move) -> None:
    _put(move)
    move.holder_id = centre_id(move.order, move.row.target_level)


@effect("relocate")
def relocate(move: Move) -> None:
    """Move the order to where it belongs. The accept clock carries over: registration is not undone for free."""
    order, work = move.order, move.work
    was_registered = order.status == Status.REGISTERED
    street_id = order.street_id
    _put(move)
    order.affected_street_ids = [pk for pk in order.affected_street_ids if pk != order.street_id]
    order.relocations += order.street_id != street_id
    order.worker_id = None
    move.facts["from_street"] = street_id
    move.holder_id = centre_id(order, move.row.target_level)
    if was_registered and move.row.target == Status.REPORTED:
        order.registered_at = None
        work.stop_state = TimerState.CANCELLED
        for each in work.live_assignments:
            end(move, each, AssignmentStatus.SUPERSEDED)
        _carry_accept_over(move)


@effect("regrid")
def regrid(move: Move) -> None:
    """The ground was divided anew: whoever answers where the point now lies takes over; work goes on where it is."""
    order = move.order
    of_centre = order.holder_id == centre_id(order, order.level)
    of_community = order.community_id is not None and order.holder_id == ground().workstation_id(order.community_id)
    before = order.street_id, order.community_id
    found = ground().locate(move.data["lon"], move.data["lat"])
    assert found is not None
    move.facts.update(from_grid=order.grid_id, plan=move.data["plan"])
    put_at(move, found)
    order.affected_street_ids = [pk for pk in order.affected_street_ids if pk != order.street_id]
    if of_centre:
        move.holder_id = centre_id(order, order.level)
    elif of_community and before != (order.street_id, order.community_id):
        move.holder_id = ground().workstation_id(found.community_id) or centre_id(order, order.level)


def _carry_accept_over(move: Move) -> None:
    """Go on with what was left of the accept clock when the order was registered."""
    work = move.work
    earlier = [each for each in work.timers if each.stage == Stage.ACCEPT and each.level == Level.STREET]
    # One that ran out has been to the district and back: it begins anew.
    left = [each for each in earlier[-1:] if each.step < len(each.policy_snapshot["steps"])]
    if not left or move.row.target_level != Level.STREET:
        return
    (last,) = left
    fresh = clocks.start(work, Stage.ACCEPT, seconds=last.policy_snapshot["seconds"])
    fresh.policy_snapshot = last.policy_snapshot
    fresh.calendar_version = last.calendar_version
    fresh.elapsed_seconds, fresh.step = last.elapsed_seconds, last.step
    clocks.plan(fresh)


def _put(move: Move) -> None:
    order = move.order
    found = ground().locate(move.data["lon"], move.data["lat"])
    assert found is not None
    put_at(move, found)
    order.lon, order.lat = move.data["lon"], move.data["lat"]
    if move.data.get("address"):
        text = OrderText.objects.defer("search").get(pk=order.pk)
        text.address = move.data["address"]
        index_text(text, order)
        store(Write([text], ("address", "search")))


def put_at(move: Move, found: Place) -> None:
    order = move.order
    order.district_id, order.street_id = found.district_id, found.street_id
    order.community_id, order.grid_id = found.community_id, found.grid_id
    move.facts["grid"] = found.grid_id


@effect("register", "register_to_district")
def register(move: Move) -> None:
    order = move.order
    classify(move)
    order.registered_at = move.work.now
    named = {street.pk for street in move.data.get("affected_streets") or ()}
    crossed = set(move.data.get("extent") or ())
    order.affected_street_ids = sorted({*order.affected_street_ids, *named, *crossed} - {order.street_id})
    order.worker_id = None


def classify(move: Move) -> None:
    """Take over a chosen category and urgency; without an urgency the graver of the order's and the category's."""
    order, category = move.order, move.data.get("category")
    graver = list(Urgency.values)
    if category is not None:
        order.category = category
        order.urgency = max(order.urgency, category.urgency, key=graver.index)
    order.urgency = move.data.get("urgency") or order.urgency
    move.facts.update(category=order.category_id, urgency=order.urgency)


@effect("reclassify")
def reclassify(move: Move) -> None:
    """The due follows the new matter, counted from the original start."""
    work = move.work
    classify(move)
    resolve = work.timer(Stage.RESOLVE)
    if resolve is not None:
        clocks.retime(work, resolve)


@check("handle_on_site")
def check_handler(move: Move) -> None:
    if move.is_machine:
        raise NotAllowed


@effect("handle_on_site")
def handle_on_site(move: Move) -> None:
    """Handled where it was found; confirmed by somebody else, and a drawn part of it by the sub-centre."""
    order = move.order
    classify(move)
    order.on_site = True
    order.worker_id = move.work.actor.user_id
    centre = centre_id(order, Level.STREET)
    workstation = ground().workstation_id(order.community_id) if order.community_id is not None else None
    # A workstation does not confirm what one of its own officers did.
    to_centre = order.source in CITIZEN_SOURCES or drawn(order.number) or workstation in move.work.actor.unit_ids
    move.holder_id = centre if to_centre or workstation is None else workstation
    move.facts["confirmed_by_centre"] = move.holder_id == centre


def put_street(move: Move, street_id: int) -> None:
    """Give an order that touches several streets to another of them; its place stays, its grid does not."""
    order = move.order
    others = {*order.affected_street_ids, order.street_id} - {street_id, None}
    order.affected_street_ids = sorted(pk for pk in others if pk is not None)
    order.street_id = street_id

"""Who sees documents of supervision, and who may take note of one."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.models import Summons, SupervisionOrder, Whistle
from dispatch.rules.supervision import DocumentKind
from grids.models import Unit, UnitKind
from lianqin.kernel.actors import COMMUNITY, DISTRICT, STREET, UNIT, Actor, ActorKind, token
from workorders.models import WorkOrder

VIEW = "view_orders"


def is_of_the_district(actor: Actor) -> bool:
    """Whether the actor sees orders of a whole district."""
    return any(held.startswith(f"{DISTRICT}:") for held in actor.tokens(VIEW))


def may_acknowledge(actor: Actor, document: SupervisionOrder) -> bool:
    """Somebody of the supervised unit, or the commander."""
    own = document.unit_id in actor.unit_ids
    return own or actor.may("command_orders", {f"{DISTRICT}:{document.order.district_id}"})


def may_try_out(actor: Actor) -> bool:
    """Who answers for the whole district's deadlines and hours: its centre, and the officer who drafts rules."""
    of_the_centre = any(
        held.startswith(f"{DISTRICT}:") for held in actor.tokens("dispatch_orders") | actor.tokens("command_orders")
    )
    return actor.user_id is not None and (of_the_centre or actor.officer == "sysadmin")


def may_edit_roster(actor: Actor, unit: Unit) -> bool:
    """A centre's dispatchers theirs, a department's and a workstation's own people theirs. Nobody another's."""
    if actor.kind == ActorKind.SYSTEM:
        return True
    if unit.kind == UnitKind.SUB_CENTER:
        return actor.may("dispatch_orders", {token(STREET, unit.street_id)} if unit.street_id else set())
    if unit.kind == UnitKind.COMMAND_CENTER:
        return actor.may("dispatch_orders", {token(DISTRICT, unit.district_id)})
    own = {token(UNIT, unit.pk)}
    return actor.may("handle_orders", own) or actor.may("claim_orders", own)


def may_reply(actor: Actor, document: SupervisionOrder) -> bool:
    """Somebody of the unit that the document calls to account."""
    return document.unit_id in actor.unit_ids


def may_judge(actor: Actor, document: SupervisionOrder) -> bool:
    """Who issued it, their centre for a reminder, or who supervises for the district; never the unit itself but by its
    commander, since nobody stands above the command centre.
    """
    district = {token(DISTRICT, document.district_id)}
    if document.unit_id in actor.unit_ids:
        return actor.may("command_orders", district)
    if document.kind == DocumentKind.REMINDER and document.issuer_unit_id in actor.unit_ids:
        return True
    return actor.may("supervise_orders", district) or document.issuer_id == actor.user_id


def may_propose_accountability(actor: Actor, order: WorkOrder) -> bool:
    district = {token(DISTRICT, order.district_id)}
    return actor.may("supervise_orders", district) or actor.may("dispatch_orders", district)


def may_decide_accountability(actor: Actor, district_id: int) -> bool:
    return actor.may("command_orders", {token(DISTRICT, district_id)})


def may_review(actor: Actor, district_id: int) -> bool:
    """Who commands or supervises for the district; that it is a third person is checked in the service."""
    return actor.may("supervise_orders", {token(DISTRICT, district_id)})


def announces_for(actor: Actor) -> tuple[frozenset[int], frozenset[int]]:
    """Districts and streets to whose people the actor may announce something: those whose centre is the actor's."""
    held = actor.tokens("dispatch_orders") | actor.tokens("command_orders")
    if actor.user_id is None or actor.officer:
        return frozenset(), frozenset()
    return _of(held, DISTRICT), _of(held, STREET)


def _of(held: Iterable[str], letter: str) -> frozenset[int]:
    return frozenset(int(each.partition(":")[2]) for each in held if each.startswith(f"{letter}:"))


def may_whistle(actor: Actor, *, district_id: int, street_id: int | None, community_id: int | None) -> bool:
    """The workstation of the place, its sub-centre, the command centre."""
    if actor.user_id is None or actor.officer:
        return False
    centre = {token(DISTRICT, district_id)} | ({token(STREET, street_id)} if street_id else set())
    station = {token(COMMUNITY, community_id)} if community_id else set()
    return actor.may("dispatch_orders", centre) or actor.may("claim_orders", station)


def answers_for_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Whoever whistled, or their unit, or the centre of the place."""
    if whistle.raised_by_id == actor.user_id or (whistle.unit_id is not None and whistle.unit_id in actor.unit_ids):
        return True
    centre = {token(DISTRICT, whistle.district_id)} | (
        {token(STREET, whistle.street_id)} if whistle.street_id else set()
    )
    return actor.may("dispatch_orders", centre)


def is_summoned(actor: Actor, summons: Summons) -> bool:
    """The person, or somebody of the unit."""
    return (summons.user_id is not None and summons.user_id == actor.user_id) or summons.unit_id in actor.unit_ids

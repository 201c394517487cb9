"""What a post grants, and where; and who may change the ground and its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, STREET, UNIT, Actor, ActorKind, token

from .models import Membership, Post, Role, UnitKind
from .rules import GRANTS, GRID_GRANTS, GRID_LEADER_GRANTS, REPORT, VIEW_ATTENTION


def home_of(membership: Membership) -> str:
    """Token of the place or unit that the grants of a post are written on (guardian's object).

    Needs ``unit`` or ``grid`` loaded.
    """
    if membership.grid_id is not None:
        return token(GRID, membership.grid_id)
    unit = membership.unit
    assert unit is not None
    # A centre answers for its place, every other unit for itself.
    if unit.kind not in {UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER}:
        return token(UNIT, unit.pk)
    if unit.street_id is not None:
        return token(STREET, unit.street_id)
    return token(DISTRICT, unit.district_id)


def district_id_of(membership: Membership) -> int:
    if membership.unit is not None:
        return membership.unit.district_id
    assert membership.grid is not None
    return membership.grid.community.street.district_id


def grants_of(memberships: Iterable[Membership], written: frozenset[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """Map codenames to tokens. ``written`` holds guardian's (codename, token) pairs of the person.

    A grant on a place or unit needs both: a post that is current, and the permission that appoint() wrote.
    """
    grants: dict[str, set[str]] = defaultdict(set)
    for membership in memberships:
        home = home_of(membership)
        grants[REPORT].add(token(DISTRICT, district_id_of(membership)))
        if membership.grid_id is not None:
            for codename in GRID_LEADER_GRANTS if membership.post == Post.GRID_LEADER else GRID_GRANTS:
                grants[codename].add(home)
            if membership.post in {Post.GRID_LEADER, Post.FULL_TIME_WORKER}:
                grants[VIEW_ATTENTION].add(home)
            continue
        for codename in GRANTS[membership.role]:
            if (codename, home) not in written:
                continue
            grants[codename].add(home)
            if membership.role == Role.COMMUNITY_OFFICER and membership.unit and membership.unit.community_id:
                grants[codename].add(token(COMMUNITY, membership.unit.community_id))
                grants[VIEW_ATTENTION].add(token(COMMUNITY, membership.unit.community_id))
    return {codename: frozenset(tokens) for codename, tokens in grants.items()}


class Action(StrEnum):
    """What may be done to the ground and its people."""

    EDIT_GROUND = "edit_ground"
    DRAFT_BOUNDARIES = "draft_boundaries"
    EDIT_UNITS = "edit_units"
    MANAGE_ACCOUNTS = "manage_accounts"
    APPOINT = "appoint"
    EDIT_ELEMENTS = "edit_elements"
    EDIT_CAMERAS = "edit_cameras"
    EDIT_BASEMAPS = "edit_basemaps"
    KEEP_TRAINING = "keep_training"
    RUN_STEWARDS = "run_stewards"
    END_SERVICE = "end_service"


BY_SECURITY_OFFICER = frozenset({Action.APPOINT})
# Takes away and gives nothing: whoever hears of it first closes the door.
BY_EITHER_OFFICER = frozenset({Action.END_SERVICE})


def can(actor: Actor, action: Action) -> bool:
    """True if the officer's post allows it: the system administrator drafts and edits, the security officer appoints.

    What a second person approves is asked of :func:`grids.selectors.may_approve`.
    """
    if actor.kind == ActorKind.SYSTEM:
        return True
    if action in BY_EITHER_OFFICER:
        return actor.officer in {"sysadmin", "secadmin"}
    return actor.officer == ("secadmin" if action in BY_SECURITY_OFFICER else "sysadmin")

"""Divisions, units, posts, and the permissions held on them."""

from .divisions import Community, District, Division, Grid, GridKind, GroundVersion, Street, StreetKind, Zone
from .permissions import DistrictPermission, StreetPermission, UnitPermission
from .units import Membership, Post, Presence, Role, Unit, UnitKind, UnitLevel

__all__ = [
    "Community",
    "District",
    "DistrictPermission",
    "Division",
    "Grid",
    "GridKind",
    "GroundVersion",
    "Membership",
    "Post",
    "Presence",
    "Role",
    "Street",
    "StreetKind",
    "StreetPermission",
    "Unit",
    "UnitKind",
    "UnitLevel",
    "UnitPermission",
    "Zone",
]

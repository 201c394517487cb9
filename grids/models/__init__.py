"""Divisions, units, posts, and the permissions held on them."""

from .allowances import AllowanceBudget, AllowanceCommitment, Grade, PaymentLine, PaymentList, StewardAssessment
from .appointments import AppointmentLine, AppointmentList, Departure, LineState
from .cameras import Camera, CameraState, GatewayKind, VideoGateway
from .divisions import Community, District, Division, Grid, GridKind, GroundVersion, Setting, Street, StreetKind, Zone
from .elements import AttentionLook, AttentionRecord, Colour, Element, ElementLayer, ElementTile, ElementType
from .norms import GridNorm
from .permissions import DistrictPermission, StreetPermission, UnitPermission
from .plans import GridVersion, GroundPlan, PlanAct, PlannedCommunity, PlannedGrid, PlanState, PlanStep
from .secondment import EntrustedService, Secondment
from .stewards import (
    Building,
    Objection,
    PublicNotice,
    Recruitment,
    Steward,
    StewardEvent,
    StewardPolicy,
    StewardQuota,
)
from .tile_layers import TileCrs, TileKind, TileLayer
from .training import BUILDING_STEWARD, Course, CourseRequirement, TrainingRecord, TrainingSession
from .units import Membership, Post, Presence, Role, Standing, Unit, UnitKind, UnitLevel

__all__ = [
    "BUILDING_STEWARD",
    "AllowanceBudget",
    "AllowanceCommitment",
    "AppointmentLine",
    "AppointmentList",
    "AttentionLook",
    "AttentionRecord",
    "Building",
    "Camera",
    "CameraState",
    "Colour",
    "Community",
    "Course",
    "CourseRequirement",
    "Departure",
    "District",
    "DistrictPermission",
    "Division",
    "Element",
    "ElementLayer",
    "ElementTile",
    "ElementType",
    "EntrustedService",
    "GatewayKind",
    "Grade",
    "Grid",
    "GridKind",
    "GridNorm",
    "GridVersion",
    "GroundPlan",
    "GroundVersion",
    "LineState",
    "Membership",
    "Objection",
    "PaymentLine",
    "PaymentList",
    "PlanAct",
    "PlanState",
    "PlanStep",
    "PlannedCommunity",
    "PlannedGrid",
    "Post",
    "Presence",
    "PublicNotice",
    "Recruitment",
    "Role",
    "Secondment",
    "Setting",
    "Standing",
    "Steward",
    "StewardAssessment",
    "StewardEvent",
    "StewardPolicy",
    "StewardQuota",
    "Street",
    "StreetKind",
    "StreetPermission",
    "TileCrs",
    "TileKind",
    "TileLayer",
    "TrainingRecord",
    "TrainingSession",
    "Unit",
    "UnitKind",
    "UnitLevel",
    "UnitPermission",
    "VideoGateway",
    "Zone",
]

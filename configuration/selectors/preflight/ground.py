"""What is missing on the ground and among the people: boundaries, posts, telephones."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from configuration.selectors.preflight.found import CRITICAL, WARNING, Hole, hole, link_of
from grids.ground import in_force
from grids.models import Community, District, Grid, GridKind, Membership, Post, Role, Street, Unit, UnitKind
from grids.selectors import memberships_in_force

SQUARE_METRES_OF_A_DEGREE = 111_320.0 * 94_400.0  # At 32° north: good enough to say that something is missing.
LEAST_GAP = 1.0  # Square metres.


def ground_holes() -> list[Hole]:
    """Some ten queries, whatever the size."""
    return [*_boundaries(), *_workers(), *_stations(), *_centres(), *_telephones()]


def _boundaries() -> Iterator[Hole]:
    open_grids = Grid.objects.filter(in_force(), boundary=None).order_by("code").values_list("name", flat=True)
    if open_grids:
        yield hole(
            "grid_without_boundary", CRITICAL, _("网格没有边界，坐标落不到它"), open_grids, _("个网格"),
            link=link_of("boundaries"), remedy=_("在网格划分中画出，或导入边界"),
        )  # fmt: skip
    gaps = list(_gaps())
    if gaps:
        yield hole(
            "gap_in_community", CRITICAL, _("社区没有被网格铺满"), gaps, _("个社区"),
            link=link_of("boundaries"), remedy=_("起草一次网格划分，补上空白"),
        )  # fmt: skip


def _gaps() -> Iterator[str]:
    shapes: dict[int, list[str]] = {}
    drawn = Grid.objects.filter(in_force(), boundary__isnull=False)
    for community_id, text in drawn.values_list("community_id", Cast("boundary", TextField())):
        shapes.setdefault(community_id, []).append(text)
    outlined = Community.objects.filter(in_force(), boundary__isnull=False).order_by("code")
    for pk, name, text in outlined.values_list("pk", "name", Cast("boundary", TextField())):
        if pk in shapes:
            covered = shapely.union_all(shapely.from_geojson(shapes[pk]))
            missing = shapely.difference(shapely.from_geojson(text), covered).area * SQUARE_METRES_OF_A_DEGREE
            if missing > LEAST_GAP:
                yield _("%(name)s（约 %(area)d 平方米）") % {"name": name, "area": missing}


def _workers() -> Iterator[Hole]:
    holder = memberships_in_force().filter(grid=OuterRef("pk"), post=Post.FULL_TIME_WORKER, user__is_active=True)
    vacant = Grid.objects.filter(in_force(), kind=GridKind.COMPREHENSIVE).exclude(Exists(holder))
    names = vacant.order_by("code").values_list("name", flat=True)
    if names:
        yield hole(
            "grid_without_worker", WARNING, _("综合网格没有在岗的专职网格员"), names, _("个网格"),
            link=link_of("people"), remedy=_("任命专职网格员"),
        )  # fmt: skip


def _in_office(role: str, **where: object) -> QuerySet[Membership]:
    return memberships_in_force().filter(role=role, user__is_active=True, unit__active=True, **where)


def _stations() -> Iterator[Hole]:
    officer = _in_office(Role.COMMUNITY_OFFICER, unit__kind=UnitKind.WORKSTATION, unit__community=OuterRef("pk"))
    names = (
        Community.objects.filter(in_force()).exclude(Exists(officer)).order_by("code").values_list("name", flat=True)
    )
    if names:
        yield hole(
            "community_without_officer", WARNING, _("社区工作站没有在岗的联勤员"), names, _("个社区"),
            link=link_of("people"), remedy=_("设立工作站并任命社区联勤员"),
        )  # fmt: skip


def _centres() -> Iterator[Hole]:
    dispatcher = _in_office(Role.STREET_DISPATCHER, unit__kind=UnitKind.SUB_CENTER, unit__street=OuterRef("pk"))
    names = (
        Street.objects.filter(in_force()).exclude(Exists(dispatcher)).order_by("code").values_list("name", flat=True)
    )
    if names:
        yield hole(
            "centre_without_dispatcher", CRITICAL, _("街道分中心没有在岗的派遣员"), names, _("个街道"),
            link=link_of("people"), remedy=_("任命街道派遣员"),
        )  # fmt: skip
    commander = _in_office(Role.DISTRICT_COMMANDER, unit__district=OuterRef("pk"))
    districts = District.objects.filter(in_force()).exclude(Exists(commander)).values_list("name", flat=True)
    if districts:
        yield hole(
            "district_without_commander", CRITICAL, _("区里没有在岗的指挥长"), districts, _("个区"),
            link=link_of("people"), remedy=_("任命区指挥长"),
        )  # fmt: skip


def _telephones() -> Iterator[Hole]:
    silent = Unit.objects.filter(active=True, phone="").order_by("code").values_list("short_name", flat=True)
    if silent:
        yield hole(
            "unit_without_phone", WARNING, _("单位没有登记电话"), silent, _("个单位"),
            link=link_of("units"), remedy=_("补上值班电话"),
        )  # fmt: skip

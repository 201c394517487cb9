"""How many stewards there should be and are; the rules, the places set by hand, and the buildings."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from configuration.pages.exports import spreadsheet
from configuration.pages.forms import Field, FormPage
from grids.models import Building, Community, District, StewardQuota, Street
from grids.permissions import Action, can
from grids.selectors.stewards import Places, buildings, places_of, policy_in, steward_places
from grids.services import save_building, set_steward_policy, set_steward_quota
from lianqin.kernel.errors import NotVisible

PAGE_SIZE = 50


def streets() -> list[tuple[str, str]]:
    return list(Street.objects.filter(valid_to=None).order_by("code").values_list("code", "short_name"))


def community_options() -> list[tuple[str, str]]:
    found = Community.objects.filter(valid_to=None).order_by("code")
    return [(code, f"{street} {name}") for code, name, street in found.values_list(
        "code", "short_name", "street__short_name"
    )]  # fmt: skip


class StewardPage(ConfigurationPage):
    section = "stewards"

    @property
    def may_run(self) -> bool:
        return can(self.actor, Action.RUN_STEWARDS)


class StewardForm(FormPage):
    section = "stewards"

    def allowed(self) -> bool:
        return can(self.actor, Action.RUN_STEWARDS)


def community_named(code: str) -> Community:
    """The community in force of that code. Raise NotVisible."""
    found = Community.objects.select_related("street__district").filter(code=code, valid_to=None).first()
    if found is None:
        raise NotVisible
    return found


class PlacesPage(StewardPage):
    """Places against duty, community by community, the gaps first to be seen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        street, text = request.GET.get("street", "")[:15], request.GET.get("q", "").strip()[:60]
        only_gaps = "gaps" in request.GET
        # Communities that have begun come first, the rest in the order of codes.
        found = steward_places(street=street, text=text, only_gaps=only_gaps)
        rows = sorted(found, key=lambda row: not (row.on_duty or row.coming))
        if "export" in request.GET:
            return _as_file(rows)
        context = {
            "tab": "stewards",
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "total": _total(rows),
            "street": street,
            "streets": streets(),
            "q": text,
            "only_gaps": only_gaps,
            "may_run": self.may_run,
        }
        return self.show("stewards.html", context)


def _total(rows: list[Places]) -> dict[str, int]:
    places, on_duty = sum(row.places for row in rows), sum(row.on_duty for row in rows)
    return {
        "households": sum(row.households for row in rows),
        "places": places,
        "on_duty": on_duty,
        "coming": sum(row.coming for row in rows),
        "lacking": sum(row.lacking for row in rows),
        "over": sum(max(0, -row.gap) for row in rows),
        "share": round(100 * on_duty / places) if places else 0,
    }


def _as_file(rows: list[Places]) -> HttpResponse:
    head = (_("街道"), _("社区代码"), _("社区"), _("户数"), _("名额"), _("在岗"), _("在办"), _("空缺"))
    return spreadsheet(
        _("楼栋长名额与在岗"),
        head,
        [
            (row.street, row.code, row.name, row.households, row.places, row.on_duty, row.coming, row.gap)
            for row in rows
        ],
    )


class Policy(StewardForm):
    """The rules of the district."""

    @property
    def district(self) -> District:
        found = District.objects.filter(valid_to=None).order_by("code").first()
        if found is None:
            raise NotVisible
        return found

    def after(self) -> str:
        return reverse("configuration:stewards")

    def fields(self) -> list[Field]:
        self.title, self.intro = _("楼栋长规则"), _("改动只影响以后的名额、公示、面试与列支，不改已发生的。")
        policy = policy_in(self.district.pk)
        labels = (
            ("households_each", _("每名楼栋长联系户数"), _("名额为社区户数除以此数，四舍五入")),
            ("notice_days", _("公示天数"), _("发布次日起算满此天数，由系统时钟结束")),
            ("pass_score", _("面试合格分"), ""),
            ("monthly_allowance", _("每月补贴（元）"), ""),
            ("excellent_share", _("优秀发放比例（%）"), ""),
            ("qualified_share", _("合格发放比例（%）"), ""),
            ("failed_share", _("不合格发放比例（%）"), ""),
        )
        return [
            Field(name, label, "decimal" if name == "monthly_allowance" else "int", getattr(policy, name), hint,
                  required=True)
            for name, label, hint in labels
        ]  # fmt: skip

    def save(self, values: dict[str, Any]) -> str:
        set_steward_policy(by=self.actor, district=self.district, **values)
        return _("规则已保存")


class Quota(StewardForm):
    """Places of one community, set by hand or left to its households."""

    def after(self) -> str:
        return reverse("configuration:stewards")

    def fields(self) -> list[Field]:
        community = community_named(self.kwargs["code"])
        known = StewardQuota.objects.filter(community=community).first()
        self.title = _("%s的名额") % community.short_name
        self.intro = _("现为 %(places)d 名（%(households)d 户）。留空则按户数推算。") % {
            "places": places_of(community),
            "households": community.households,
        }
        return [
            Field("places", _("名额"), "int", known.places if known else None),
            Field("reason", _("理由"), value=known.reason if known else "", hint=_("手工设定时必填")),
        ]

    def save(self, values: dict[str, Any]) -> str:
        set_steward_quota(by=self.actor, community=community_named(self.kwargs["code"]), **values)
        return _("名额已保存")


class Buildings(StewardPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        community, text = request.GET.get("community", "")[:15], request.GET.get("q", "").strip()[:60]
        context = {
            "tab": "steward-buildings",
            "page": Paginator(buildings(community=community, text=text), PAGE_SIZE).get_page(request.GET.get("page")),
            "community": community,
            "communities": community_options(),
            "q": text,
            "may_run": self.may_run,
        }
        return self.show("steward_buildings.html", context)


class BuildingForm(StewardForm):
    def after(self) -> str:
        return reverse("configuration:steward-buildings")

    @property
    def building(self) -> Building | None:
        code = self.kwargs.get("code")
        if code is None:
            return None
        found = Building.objects.select_related("community").filter(code=code).first()
        if found is None:
            raise NotVisible
        return found

    def fields(self) -> list[Field]:
        known = self.building
        self.title = known.name if known else _("新建楼栋")
        self.intro = _("坐标为 WGS-84，可不填；填了就按坐标归到网格。")
        about = known or Building()
        community = known.community.code if known else self.request.GET.get("community", "")
        return [
            Field("code", _("楼栋代码"), value=about.code, required=True, fixed=known is not None),
            Field("name", _("名称"), value=about.name, required=True),
            Field("community", _("社区"), "select", community, options=community_options(), required=True),
            Field("households", _("户数"), "int", about.households, required=True),
            Field("lon", _("经度"), "decimal", about.lon),
            Field("lat", _("纬度"), "decimal", about.lat),
            Field("active", _("启用"), "check", about.active),
        ]

    def save(self, values: dict[str, Any]) -> str:
        community = community_named(values.pop("community"))
        lon, lat = (None if value is None else float(value) for value in (values.pop("lon"), values.pop("lat")))
        building = save_building(by=self.actor, community=community, lon=lon, lat=lat, **values)
        return _("已保存楼栋“%s”") % building.name

"""How far a district is from its first order: each step with what stands, what is missing and where to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalogue.calendars import current
from catalogue.models import DeadlineRule, WorkCalendar
from catalogue.selectors import leaf_categories
from grids.ground import in_force
from grids.models import Community, District, Grid, GroundPlan, Membership, Role, Street, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel.drafts import DraftState

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up. ``missing`` says in words what still stands in the way of the first order."""

    section: str
    title: Text
    why: Text
    stands: Text
    missing: Text = ""
    table: str = ""

    @property
    def done(self) -> bool:
        return not self.missing


def readiness() -> list[Step]:
    """The steps in the order in which they build on each other. Some twelve queries, whatever the size."""
    return [_divisions(), _boundaries(), _units(), _categories(), _clocks(), _people()]


def _divisions() -> Step:
    districts, streets, communities, grids = (
        model._default_manager.filter(in_force()).count() for model in (District, Street, Community, Grid)
    )
    lacking = [
        name
        for name, count in ((_("区"), districts), (_("街道"), streets), (_("社区"), communities), (_("网格"), grids))
        if not count
    ]
    return Step(
        section="grids",
        title=_("区划"),
        why=_("区、街道、社区、网格四级，工单按坐标落到网格。"),
        stands=_("%(s)s 个街道，%(c)s 个社区，%(g)s 个网格") % {"s": streets, "c": communities, "g": grids},
        missing=_("还没有：%s") % "、".join(lacking) if lacking else "",
        table="divisions",
    )


def _units() -> Step:
    centres = Unit.objects.filter(active=True)
    streets = Street.objects.filter(in_force())
    communities = Community.objects.filter(in_force())
    station = Unit.objects.filter(active=True, kind=UnitKind.WORKSTATION, community=OuterRef("pk"))
    centre = Unit.objects.filter(active=True, kind=UnitKind.SUB_CENTER, street=OuterRef("pk"))
    counts = centres.aggregate(
        command=Count("pk", filter=Q(kind=UnitKind.COMMAND_CENTER)),
        departments=Count("pk", filter=Q(kind=UnitKind.DUTY_DEPARTMENT)),
    )
    without_centre = streets.exclude(Exists(centre)).count()
    without_station = communities.exclude(Exists(station)).count()
    lacking = [] if counts["command"] else [_("区联勤指挥中心")]
    lacking += [_("%d 个街道的分中心") % without_centre] if without_centre else []
    lacking += [_("%d 个社区的工作站") % without_station] if without_station else []
    lacking += [] if counts["departments"] else [_("参勤单位")]
    return Step(
        section="units",
        title=_("单位"),
        why=_("指挥中心、分中心、工作站与参勤单位：谁可以承办工单。"),
        stands=_("%d 个参勤单位") % counts["departments"],
        missing=_("还缺：%s") % "、".join(lacking) if lacking else "",
        table="units",
    )


def _boundaries() -> Step:
    grids = Grid.objects.filter(in_force()).aggregate(
        every=Count("pk"), drawn=Count("pk", filter=Q(boundary__isnull=False))
    )
    open_ground = grids["every"] - grids["drawn"]
    missing = _("还有 %d 个网格没有边界") % open_ground if open_ground else ""
    waiting = GroundPlan.objects.filter(state=DraftState.SUBMITTED).first()
    if waiting is not None and missing:
        missing = _("%(missing)s；待审批：%(title)s") % {"missing": missing, "title": waiting.title}
    return Step(
        section="boundaries",
        title=_("网格边界"),
        why=_("边界不交叉、无盲区，经另一人审批后生效。"),
        stands=_("%(drawn)d / %(every)d 个网格有边界") % grids,
        missing=missing or ("" if grids["every"] else _("还没有网格")),
        table="boundaries",
    )


def _categories() -> Step:
    matters = len(leaf_categories())  # What somebody can choose: their class must be active, too.
    return Step(
        section="categories",
        title=_("事项目录"),
        why=_("大类与小类、立案与结案条件、默认承办职能。"),
        stands=_("%d 个小类") % matters,
        missing="" if matters else _("还没有可以上报的事项"),
        table="categories",
    )


def _clocks() -> Step:
    rules = DeadlineRule.objects.filter(valid_to=None).count()
    calendar = WorkCalendar.objects.exists()
    lacking = [] if rules else [_("时限规则（未设时按内置时限）")]
    lacking += [] if calendar else [_("工作日历（未设时按周一至周五推算）")]
    return Step(
        section="calendars" if rules else "deadlines",
        title=_("时限与日历"),
        why=_("各环节的时限，和只在工作时间走的时钟。"),
        stands=_("%(rules)d 条规则，日历 v%(version)s") % {"rules": rules, "version": current().version},
        missing=_("还没有：%s") % "、".join(lacking) if lacking else "",
        table="deadlines",
    )


def _people() -> Step:
    held = memberships_in_force().filter(user__is_active=True)
    roles = {row["role"]: row["people"] for row in held.values("role").annotate(people=Count("user", distinct=True))}
    lacking = [] if roles.get(Role.DISTRICT_COMMANDER) else [_("区指挥长")]
    silent = _without(UnitKind.SUB_CENTER, Role.STREET_DISPATCHER)
    lacking += [_("%d 个分中心的派遣员") % silent] if silent else []
    idle = _without(UnitKind.DUTY_DEPARTMENT, Role.DEPARTMENT_HANDLER)
    lacking += [_("%d 个参勤单位的处置人员") % idle] if idle else []
    return Step(
        section="people",
        title=_("人员与岗位"),
        why=_("账号由系统管理员建，岗位由安全管理员确认。"),
        stands=_("%(people)d 人在岗，%(ready)d 人能登录")
        % held.aggregate(
            people=Count("user", distinct=True),
            ready=Count(
                "user",
                distinct=True,
                filter=~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX) & ~Q(user__password=""),
            ),
        ),
        missing=_("还缺：%s") % "、".join(lacking) if lacking else "",
        table="people",
    )


def _without(kind: str, role: str) -> int:
    """Active units of a kind in which nobody who can sign in holds the role today."""
    return (
        Unit.objects.filter(active=True, kind=kind)
        .exclude(Exists(_in_office(role).filter(unit=OuterRef("pk"))))
        .count()
    )


def _in_office(role: str) -> QuerySet[Membership]:
    return memberships_in_force().filter(role=role, user__is_active=True)


def ready_streets() -> tuple[int, int]:
    """How many streets could take an order today, of how many: ground drawn, dispatcher and handler in office."""
    streets = Street.objects.filter(in_force())
    drawn = Grid.objects.filter(in_force(), boundary__isnull=False, community__street=OuterRef("pk"))
    dispatcher = _in_office(Role.STREET_DISPATCHER).filter(unit__street=OuterRef("pk"), unit__active=True)
    handler = _in_office(Role.DEPARTMENT_HANDLER).filter(unit__street=OuterRef("pk"), unit__active=True)
    ready = streets.filter(Exists(drawn), Exists(dispatcher), Exists(handler)).count()
    commanded = _in_office(Role.DISTRICT_COMMANDER).exists() and bool(leaf_categories())
    return ready if commanded else 0, streets.count()

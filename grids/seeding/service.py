"""Write what stands around the posts: leading group, deputies, secondments, social groups, a list that waits."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.rules import pinyin_of
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import DraftState

from ..models import (
    AppointmentLine,
    AppointmentList,
    District,
    EntrustedService,
    Membership,
    Presence,
    Role,
    Secondment,
    Standing,
    Street,
    Unit,
    UnitKind,
    UnitLevel,
)
from ..services import today, write_grants
from .divisions import SINCE, pinyin
from .people import FAMILY, FIRST, SECOND
from .units import phone

# The eight bureaus resident at the district's centre; ten of those that follow are on call.
RESIDENTS, ON_CALL = 8, 10
# Who stands where, and how many of them.
STAFFED = {
    UnitKind.SUB_CENTER: (Role.STREET_DISPATCHER, 2),
    UnitKind.DUTY_DEPARTMENT: (Role.DEPARTMENT_HANDLER, 1),
    UnitKind.WORKSTATION: (Role.COMMUNITY_OFFICER, 1),
}
VACANT = 0.03  # So that the list of vacancies shows what it is for.
STREET = "320111004"  # Where the source tells of 5 resident and 10 on call.
AT_STREET = (5, 10)


def write_service() -> None:
    """Write it all. Run it once, after the units and the people."""
    units = _write_units(District.objects.get(code="320111"))
    people = {user.username: user for user in User.objects.filter(kind="staff", officer="")}
    _write_posts(units, people)
    _fill_units()
    _write_secondments()
    _write_entrusted(units)
    _write_waiting(people)


def _write_units(district: District) -> dict[str, Unit]:
    """The leading group, the offices, two social groups, a contractor."""
    street = Street.objects.get(code=STREET)
    told = (
        ("ldxz", "浦口区大联勤工作领导小组", "区领导小组", UnitKind.LEADING_GROUP, None),
        ("lqb", "浦口区大联勤工作办公室", "区联勤办", UnitKind.OFFICE, None),
        ("lqb", "江浦街道联勤办公室", "江浦联勤办", UnitKind.OFFICE, street),
        ("shzz", "浦口益家社会工作服务中心", "益家社工中心", UnitKind.SOCIAL_GROUP, None),
        ("shzz", "江浦邻里互助促进会", "邻里互助会", UnitKind.SOCIAL_GROUP, street),
        ("gmfw", "浦口市容保洁服务有限公司", "市容保洁公司", UnitKind.CONTRACTOR, None),
    )
    made = Unit.objects.bulk_create(
        Unit(
            code=f"{(place or district).code}-{tail}", name=name, short_name=short, pinyin=pinyin(short), kind=kind,
            level=UnitLevel.STREET if place else UnitLevel.DISTRICT, district=district, street=place,
            phone=phone(serial + 60), synthetic=True,
        )
        for serial, (tail, name, short, kind, place) in enumerate(told)
    )  # fmt: skip
    return {unit.code: unit for unit in made}


def _write_posts(units: dict[str, Unit], people: dict[str, User]) -> None:
    """Dual appointments: the commander sits in the leading group, street leaders lead the sub-centres; B roles."""
    centre = Unit.objects.get(code="320111-zx")
    subs = list(Unit.objects.filter(kind=UnitKind.SUB_CENTER).order_by("code"))
    names = iter(sorted(name for name in people if name.startswith("w320111") and name.endswith("3")))
    posts = [
        _post(people["commander"], units["320111-ldxz"], Role.UNIT_LEADER, "副区长、组长"),
        _post(people["supervisor"], units["320111-ldxz"], Role.GROUP_MEMBER, "纪检组成员"),
        _post(people["district1"], units["320111-lqb"], Role.UNIT_LEADER, "联勤办主任"),
        _post(people["jp_dispatch"], units[f"{STREET}-lqb"], Role.UNIT_LEADER, "街道联勤办主任"),
        *(_post(people[next(names)], sub, Role.UNIT_LEADER, "街道党工委副书记、分中心主任") for sub in subs[:9]),
    ]
    Membership.objects.bulk_create(posts)
    deputies = [
        Membership(
            user=people[next(names)], unit=post.unit, role=post.role, standing=Standing.VICE, deputy_of=post,
            title="分中心副主任", starts_on=SINCE,
        )
        for post in posts[4:10]
    ]  # fmt: skip
    for name, principal in (
        ("jp_dispatch2", "jp_dispatch"),
        ("ts_dispatch2", "ts_dispatch"),
        ("district2", "district1"),
    ):
        held = Membership.objects.get(user=people[name], unit__kind__in=(UnitKind.SUB_CENTER, UnitKind.COMMAND_CENTER))
        held.deputy_of = Membership.objects.get(user=people[principal], unit=held.unit_id, role=held.role)
        held.standing = Standing.B_ROLE
        held.save(update_fields=["deputy_of", "standing"])
    vice = _post(people["district2"], centre, Role.UNIT_LEADER, "中心副主任")
    Membership.objects.bulk_create([*deputies, vice])
    write_grants([*posts, *deputies, vice])


def _fill_units() -> None:
    """Somebody for every centre, squad and workstation that no named account stands in; a few are left vacant."""
    dice = random.Random(272)
    held = set(Membership.objects.filter(unit__isnull=False, standing="").values_list("unit_id", "role"))
    wanted: list[tuple[Unit, str]] = []
    for unit in Unit.objects.filter(kind__in=STAFFED).order_by("code"):
        role, count = STAFFED[UnitKind(unit.kind)]
        if unit.level == UnitLevel.DISTRICT or (unit.pk, role) in held:
            continue
        if dice.random() > VACANT:
            wanted += [(unit, role)] * count
    names = [dice.choice(FAMILY) + dice.choice(FIRST) * dice.randint(0, 1) + dice.choice(SECOND) for _ in wanted]
    users = User.objects.bulk_create(
        User(
            username=f"s{serial:04d}", full_name=name, pinyin=pinyin_of(name), kind="staff",
            phone=f"13{dice.randint(0, 9)}****{dice.randint(0, 9999):04d}", password=make_password(None),
        )
        for serial, name in enumerate(names, start=1)
    )  # fmt: skip
    posts = [
        Membership(user=user, unit=unit, role=role, starts_on=SINCE)
        for user, (unit, role) in zip(users, wanted, strict=True)
    ]
    Membership.objects.bulk_create(posts)
    write_grants(posts)


def _post(user: User, unit: Unit, role: str, title: str) -> Membership:
    return Membership(user=user, unit=unit, role=role, title=title, starts_on=SINCE)


def _write_secondments() -> None:
    """District: 8 resident, 10 on call, the rest liaise. The street of the source: 5 resident, 10 on call."""
    centre = Unit.objects.get(code="320111-zx")
    bureaus = list(Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, level=UnitLevel.DISTRICT).order_by("pk"))
    squads = list(Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, street__code=STREET).order_by("pk"))
    sub = Unit.objects.get(code=f"{STREET}-zx")
    kinds = [*_kinds(RESIDENTS, ON_CALL, len(bureaus))]
    made = [
        Secondment(unit=unit, centre=centre, kind=kind, starts_on=SINCE)
        for unit, kind in zip(bureaus, kinds, strict=True)
    ]
    # A street has nine squads; the other six of its fifteen are bureaus of the district.
    there = [*squads, *bureaus[: sum(AT_STREET) - len(squads)]]
    made += [
        Secondment(unit=u, centre=sub, kind=k, starts_on=SINCE)
        for u, k in zip(there, _kinds(*AT_STREET, len(there)), strict=True)
    ]
    Secondment.objects.bulk_create(made)
    for unit, kind in zip(bureaus, kinds, strict=True):
        unit.presence = kind
    Unit.objects.bulk_update(bureaus, ["presence"])
    _send(made)


def _kinds(resident: int, on_call: int, count: int) -> Iterator[str]:
    for rank in range(count):
        yield (
            Presence.RESIDENT
            if rank < resident
            else Presence.ON_CALL
            if rank < resident + on_call
            else Presence.LIAISON
        )


def _send(made: Iterable[Secondment]) -> None:
    """The people who handle orders in a resident department are the ones who sit at the centre."""
    held: dict[int, int] = dict(
        Membership.objects.filter(role=Role.DEPARTMENT_HANDLER, ends_on=None).values_list("unit_id", "user_id")
    )
    through = Secondment.people.through
    through.objects.bulk_create(
        through(secondment_id=each.pk, user_id=held[each.unit_id])
        for each in made
        if each.kind == Presence.RESIDENT and each.unit_id in held
    )


def _write_entrusted(units: dict[str, Unit]) -> None:
    """What goes with what is entrusted: 费随事转."""
    year = today().year
    departments = {
        unit.code: unit for unit in Unit.objects.filter(code__in=("320111-civil_affairs", "320111-sanitation"))
    }
    office = units[f"{STREET}-lqb"]
    told = (
        ("320111-shzz", departments["320111-civil_affairs"], "独居老人每周走访", "286000.00", "190667.00"),
        ("320111-shzz", departments["320111-civil_affairs"], "困境儿童关爱", "120000.00", "60000.00"),
        (f"{STREET}-shzz", office, "楼栋邻里纠纷劝导", "68000.00", "68000.00"),
        ("320111-gmfw", departments["320111-sanitation"], "背街小巷保洁", "1450000.00", "1087500.00"),
    )
    EntrustedService.objects.bulk_create(
        EntrustedService(
            unit=units[code], entrusted_by=by, matter=matter, year=year, amount=Decimal(amount), paid=Decimal(paid),
            synthetic=True,
        )
        for code, by, matter, amount, paid in told
    )  # fmt: skip


def _write_waiting(people: dict[str, User]) -> None:
    """A list that waits for the security officer: part-time workers where there are three instead of four."""
    from_officer = User.objects.filter(officer="sysadmin").first()
    waiting = AppointmentList.objects.create(
        title="十一月兼职网格员补充名单", state=DraftState.SUBMITTED, drafted_by=from_officer, submitted_at=Now()
    )
    grids = list(
        Membership.objects.filter(post="grid_leader", ends_on=None)
        .order_by("-grid__code")
        .values_list("grid_id", flat=True)
    )
    names = sorted(name for name in people if name.startswith("d_"))[:8]
    AppointmentLine.objects.bulk_create(
        AppointmentLine(
            list=waiting, user=people[name], grid_id=grid, role=Role.GRID_WORKER, post="part_time_worker",
            starts_on=today() + dt.timedelta(days=1),
        )
        for name, grid in zip(names, grids, strict=False)
    )  # fmt: skip

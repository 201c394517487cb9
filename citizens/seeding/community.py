"""A community at work: residents, a patrol team, observers and matters at several steps. Synthetic, and marked so."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import count

from django.db import transaction

from accounts.models import User, UserKind
from citizens.models import Matter, PatrolShift, PatrolTeam, StandingRole
from citizens.rules.community import SHANGHAI
from citizens.services.deliberation import opine, raise_matter, support, take_step
from citizens.services.meetings import call_meeting, propose
from citizens.services.observers import answer_remark, make_remark
from citizens.services.standing import ask_for_standing, decide_standing
from citizens.services.volunteers import plan_shift, save_team, sign_up
from citizens.states import MatterState
from grids.models import Community, Membership
from grids.rules import Role
from grids.selectors import actor_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

PEOPLE = ("王秀英", "李建国", "张桂兰", "陈志强", "刘玉梅", "赵永福", "周小明", "孙丽华")
MATTERS = (
    ("楼道加装扶手", "三幢五幢老人多，上下楼不方便，想在楼道两侧装扶手。"),
    ("广场舞音量", "晚上九点以后声音大，孩子要写作业，想一起定个时间和音量。"),
    ("非机动车棚充电", "楼下飞线充电不安全，希望在车棚集中装充电桩。"),
)
# What is said on each of the matters that are talked over.
OPINIONS = (
    ("同意，先从老人多的单元装起。", "费用怎么出，建议先算一算。", "我家愿意出一份力。"),
    ("建议八点半以后把音量调小。", "跳舞的也想锻炼，大家商量个时间就好。", "可以换到离楼远一点的广场。"),
)
# What is asked of the meeting on each of them.
QUESTIONS = ("先做一个单元试一个月", "先按八点半收场试一个月")
STATIONS = 2


@transaction.atomic
def open_communities() -> int:
    """Fill communities whose officers sign in, then others; returns how many. Once."""
    if PatrolTeam.objects.filter(synthetic=True).exists():
        return 0
    posts = Membership.objects.filter(role=Role.COMMUNITY_OFFICER, unit__community__isnull=False, user__is_active=True)
    filled, numbers = set[int](), count(1)
    for post in sorted(posts.select_related("user", "unit"), key=_place_in_line):
        assert post.unit is not None
        community_id = post.unit.community_id
        if community_id is None or community_id in filled:
            continue
        officer = actor_for(post.user)
        _fill(community_id, officer, [_citizen(next(numbers), name) for name in PEOPLE])
        if not filled:
            _settle_guest(community_id, officer)
        filled.add(community_id)
        if len(filled) == STATIONS:
            break
    return len(filled)


def _place_in_line(post: Membership) -> tuple[bool, int, str, int]:
    """Who signs in comes first, in the order in which accounts are named; then by workstation."""
    able = post.user.has_usable_password()
    return not able, post.user.pk if able else 0, post.unit.code if post.unit else "", post.pk


def _settle_guest(community_id: int, officer: Actor) -> None:
    """The citizen who signs in by a password lives here, comes to an evening, backs a matter and says what he saw."""
    citizens = User.objects.filter(kind=UserKind.CITIZEN, is_active=True).order_by("pk")
    guest = next((each for each in citizens if each.has_usable_password()), None)
    if guest is None:
        return
    for role in (StandingRole.RESIDENT, StandingRole.VOLUNTEER):
        _is_a(guest, community_id, role, officer)
    _is_a(guest, community_id, StandingRole.OBSERVER, officer, until=clock.now().date() + dt.timedelta(days=365))
    by = actor_for(guest)
    evening = PatrolShift.objects.filter(team__community=community_id).order_by("starts_at").first()
    if evening is not None:
        sign_up(shift_id=evening.pk, by=by)
    matter = Matter.objects.filter(community=community_id, state=MatterState.RAISED).order_by("pk").first()
    if matter is not None:
        support(matter_id=matter.pk, by=by)
    make_remark(by=by, community_id=community_id, client_key=uuid.uuid4(), words="儿童滑梯有一块松动", place="中心花园")


def _citizen(number: int, name: str) -> User:
    made = User(kind=UserKind.CITIZEN, username=f"demo-neighbour-{number}", full_name=name)
    made.set_unusable_password()
    made.save()
    return made


def _fill(community_id: int, officer: Actor, people: list[User]) -> None:
    now = clock.now()
    for user in people:
        _is_a(user, community_id, StandingRole.RESIDENT, officer)
    for user in people[:4]:
        _is_a(user, community_id, StandingRole.VOLUNTEER, officer)
    _is_a(people[4], community_id, StandingRole.OBSERVER, officer, until=now.date() + dt.timedelta(days=365))
    ask_for_standing(user_id=people[5].pk, community_id=community_id, role=StandingRole.VOLUNTEER)
    _patrol(community_id, officer, people, now)
    _remarks(community_id, officer, people[4])
    _matters(officer, people, now)


def _is_a(user: User, community_id: int, role: str, officer: Actor, until: dt.date | None = None) -> None:
    row = ask_for_standing(user_id=user.pk, community_id=community_id, role=role, note="二幢")
    decide_standing(standing_id=row.pk, confirm=True, by=officer, adult=True, until=until)


def _patrol(community_id: int, officer: Actor, people: list[User], now: dt.datetime) -> None:
    told = {"name": "夜巡一队", "cancel_hours": 6, "leader": people[0].pk}
    team = save_team(by=officer, community_id=community_id, told=told)
    PatrolTeam.objects.filter(pk=team.pk).update(synthetic=True)
    community = Community.objects.get(pk=community_id)
    lon, lat = community.label_lon, community.label_lat
    point = (lon, lat) if lon is not None and lat is not None else None
    for ahead in (1, 3, 5, 8, 10, 12):
        day = now.astimezone(SHANGHAI).date() + dt.timedelta(days=ahead)
        starts = dt.datetime.combine(day, dt.time(19, 30), SHANGHAI)
        shift = plan_shift(
            team_id=team.pk, by=officer, starts_at=starts, ends_at=starts + dt.timedelta(hours=2),
            place="小区东门岗亭", places=3, point=point,
        )  # fmt: skip
        for user in people[: 1 + ahead % 4]:
            sign_up(shift_id=shift.pk, by=actor_for(user))


def _remarks(community_id: int, officer: Actor, author: User) -> None:
    by = actor_for(author)
    said = (("健身角两盏灯不亮", "小区健身角"), ("新装的晾衣杆很好用", "四幢北侧"), ("垃圾房门口有积水", "西门垃圾房"))
    rows = [
        make_remark(by=by, community_id=community_id, client_key=uuid.uuid4(), words=words, place=place)
        for words, place in said
    ]
    answer_remark(remark_id=rows[1].pk, accepted=True, answer="谢谢，其他楼栋也会陆续安装。", by=officer)


def _matters(officer: Actor, people: list[User], now: dt.datetime) -> None:
    for place, (title, words) in enumerate(MATTERS):
        matter = raise_matter(by=actor_for(people[place]), title=title, words=words)
        Matter.objects.filter(pk=matter.pk).update(synthetic=True)
        for user in people[place + 1 : place + 6]:
            support(matter_id=matter.pk, by=actor_for(user))
        if place == len(MATTERS) - 1:
            continue
        take_step(matter_id=matter.pk, action="accept", by=officer, words="附议的居民多，列入本月议事。")
        for user, opinion in zip(people[3:], OPINIONS[place], strict=False):
            opine(matter_id=matter.pk, by=actor_for(user), words=opinion)
        day = now.astimezone(SHANGHAI).date() + dt.timedelta(days=1 + place)
        starts = dt.datetime.combine(day, dt.time(19), SHANGHAI)
        call_meeting(matter_id=matter.pk, by=officer, starts_at=starts, place="社区居民活动室")
        propose(matter_id=matter.pk, by=officer, words=f"{title}：{QUESTIONS[place]}")

"""Write 2,194 made-up grid members, and the named accounts of a demonstration."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.rules import pinyin_of

from ..models import Grid, Membership, Post, Role, Unit
from ..services import write_grants
from .divisions import SINCE
from .units import BUREAUS, SQUADS

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
FIRST = "建志文永海国明春秋立学家德玉正景世宏晓少思雨子一佳欣俊浩梓雅静丽美桂秀红爱惠庆光"
SECOND = "华军平强伟林波涛辉斌峰宁芳兰萍霞燕玲梅英娟敏洁婷颖莉云凤琴珍民生成良山福东江"
PART_TIME, GRIDS_WITH_FOUR = 1738, 370  # 370 grids with four part-time workers and 86 with three.

# Kinds of accounts outside the service, and what they are called.
OUTSIDERS = {"source": "12345热线", "citizen": "市民甲"}


class Named(NamedTuple):
    """A demonstration account: where it is posted, or which officer or kind it is."""

    role: str
    unit: str = ""
    grid: str = ""
    post: str = ""


def named_accounts() -> dict[str, Named]:
    """The accounts that can sign in, by user name."""
    accounts = {
        "commander": Named(Role.DISTRICT_COMMANDER, "320111-zx"),
        "district1": Named(Role.DISTRICT_DISPATCHER, "320111-zx"),
        "district2": Named(Role.DISTRICT_DISPATCHER, "320111-zx"),
        "supervisor": Named(Role.SUPERVISOR, "320111-zx"),
    }
    for prefix, street, community in (("jp", "320111004", "320111004001"), ("ts", "320111001", "320111001005")):
        short = {"urban_management": "urban"}
        accounts |= {
            f"{prefix}_dispatch": Named(Role.STREET_DISPATCHER, f"{street}-zx"),
            f"{prefix}_dispatch2": Named(Role.STREET_DISPATCHER, f"{street}-zx"),
            f"{prefix}_officer": Named(Role.COMMUNITY_OFFICER, f"{community}-gzz"),
            f"{prefix}_grid": Named(Role.GRID_WORKER, grid=f"{community}001", post=Post.FULL_TIME_WORKER),
            f"{prefix}_grid2": Named(Role.GRID_WORKER, grid=f"{community}001", post=Post.PART_TIME_WORKER),
            f"{prefix}_leader": Named(Role.GRID_WORKER, grid=f"{community}001", post=Post.GRID_LEADER),
            f"{prefix}_squad": Named(Role.DEPARTMENT_HANDLER, f"{street}-mobile_squad"),
        }
        accounts |= {
            f"{prefix}_{short.get(function, function)}": Named(Role.DEPARTMENT_HANDLER, f"{street}-{function}")
            for function in SQUADS
        }
    accounts |= {
        f"d_{'urban' if function == 'urban_management' else function}": Named(
            Role.DEPARTMENT_HANDLER, f"320111-{function}"
        )
        for function in BUREAUS
    }
    officers = {name: Named(name) for name in ("sysadmin", "secadmin", "auditadmin")}
    return {**accounts, **officers, "hotline12345": Named("source"), "citizen1": Named("citizen")}


def write_people() -> None:
    """Write members and accounts without passwords. Run it on empty tables only."""
    named = named_accounts()
    units = {unit.code: unit for unit in Unit.objects.all()}
    grids = list(Grid.objects.defer("boundary").order_by("code"))
    members = list(_members(grids, {(a.grid, a.post): name for name, a in named.items() if a.grid}))
    names = dict.fromkeys((name for name, *_ in members), "") | dict.fromkeys(named, "")
    dice = random.Random(2194)
    users = User.objects.bulk_create(_user(name, named.get(name), dice) for name in names)
    by_name = {user.username: user for user in users}
    posts = [
        Membership(user=by_name[name], grid=grid, role=Role.GRID_WORKER, post=post, starts_on=SINCE)
        for name, grid, post in members
    ]
    posts += [
        Membership(user=by_name[name], unit=units[account.unit], role=account.role, starts_on=SINCE)
        for name, account in named.items()
        if account.unit
    ]
    Membership.objects.bulk_create(posts)
    write_grants(posts)


def set_passwords(password: str) -> list[dict[str, str]]:
    """Let the named accounts sign in; return who they are, for the table of the demonstration."""
    named = named_accounts()
    User.objects.filter(username__in=named).update(password=make_password(password))
    units = dict(Unit.objects.values_list("code", "short_name"))
    grids = dict(Grid.objects.values_list("code", "short_name"))
    return [
        {
            "username": name,
            "password": password,
            "role": account.post if account.post == Post.GRID_LEADER else account.role,
            "unit": units.get(account.unit) or grids.get(account.grid, ""),
        }
        for name, account in named.items()
    ]


def _members(grids: list[Grid], named: dict[tuple[str, str], str]) -> Iterator[tuple[str, Grid, str]]:
    """One full-time and three or four part-time workers a grid; one of the latter also leads it."""
    for index, grid in enumerate(grids):
        workers = 4 if index < GRIDS_WITH_FOUR else 3
        full = named.get((grid.code, Post.FULL_TIME_WORKER), f"w{grid.code}0")
        yield full, grid, Post.FULL_TIME_WORKER
        leader = named.get((grid.code, Post.GRID_LEADER), f"w{grid.code}1")
        second = named.get((grid.code, Post.PART_TIME_WORKER), f"w{grid.code}2")
        yield leader, grid, Post.GRID_LEADER
        yield leader, grid, Post.PART_TIME_WORKER
        yield second, grid, Post.PART_TIME_WORKER
        for number in range(3, workers + 1):
            yield f"w{grid.code}{number}", grid, Post.PART_TIME_WORKER


def _user(name: str, account: Named | None, dice: random.Random) -> User:
    officer = account.role if account and account.role.endswith("admin") else ""
    kind = account.role if account and account.role in OUTSIDERS else "staff"
    given = dice.choice(FIRST) + dice.choice(SECOND) if dice.random() < 0.7 else dice.choice(SECOND)
    full_name = OUTSIDERS.get(kind) or dice.choice(FAMILY) + given
    return User(
        username=name,
        full_name=full_name,
        pinyin=pinyin_of(full_name),
        phone=f"1{dice.choice('3578')}{dice.randint(0, 9)}****{dice.randint(0, 9999):04d}",
        kind=kind,
        officer=officer,
        is_staff=bool(officer),
        password=make_password(None),
    )

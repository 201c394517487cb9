"""The people of a district beside those whom seed_ground posts on the grids: every unit staffed, and its citizens."""

from __future__ import annotations

import datetime as dt
import random

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from grids.models import Membership, Role, Unit, UnitKind
from grids.seeding.divisions import SINCE
from grids.seeding.people import FAMILY, FIRST, SECOND
from grids.services import write_grants

# Accounts of citizens for each order: 257,000 at the size of a district with 867,000.
CITIZENS_PER_ORDER = 257_000 / 867_000
# (kind, level) of a unit -> how many of which role. User names are the unit's code with a letter and a number.
STAFF: dict[tuple[str, str], dict[str, int]] = {
    (UnitKind.COMMAND_CENTER, "district"): {Role.DISTRICT_DISPATCHER: 8, Role.SUPERVISOR: 4},
    (UnitKind.SUB_CENTER, "street"): {Role.STREET_DISPATCHER: 4, Role.SUPERVISOR: 1},
    (UnitKind.WORKSTATION, "street"): {Role.COMMUNITY_OFFICER: 2},
    (UnitKind.DUTY_DEPARTMENT, "district"): {Role.DEPARTMENT_HANDLER: 4},
    (UnitKind.DUTY_DEPARTMENT, "street"): {Role.DEPARTMENT_HANDLER: 3},
}


@transaction.atomic
def staff_units(district_id: int) -> int:
    """Post made-up people in every unit of the district; return how many. Nobody can sign in."""
    dice = random.Random(district_id)
    wanted = [
        (f"{unit.code}-{role[:2] if role != Role.SUPERVISOR else 'su'}{number}", unit, role)
        for unit in Unit.objects.filter(district_id=district_id, active=True).order_by("code")
        for role, count in STAFF.get((unit.kind, unit.level), {}).items()
        for number in range(1, count + 1)
    ]
    known = set(User.objects.filter(username__in=[name for name, _, _ in wanted]).values_list("username", flat=True))
    wanted = [each for each in wanted if each[0] not in known]
    password = make_password(None)
    users = User.objects.bulk_create(
        User(username=name, full_name=made_up(dice), kind="staff", password=password) for name, _, _ in wanted
    )
    posts = [
        Membership(user=user, unit=unit, role=role, starts_on=SINCE)
        for user, (_, unit, role) in zip(users, wanted, strict=True)
    ]
    Membership.objects.bulk_create(posts)
    write_grants(posts)
    return len(users)


def made_up(dice: random.Random) -> str:
    return dice.choice(FAMILY) + dice.choice(FIRST) * (dice.random() < 0.7) + dice.choice(SECOND)


def write_citizens(connection: psycopg.Connection, count: int, seed: int) -> tuple[int, int]:
    """Write accounts of citizens by COPY; return the first id and how many. Ids follow each other."""
    dice = random.Random(seed)
    row = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM accounts_user").fetchone()
    assert row is not None
    first: int = row[0]
    joined = dt.datetime.now(dt.UTC) - dt.timedelta(days=5 * 365)
    columns = "id,username,password,full_name,phone,kind,officer,is_superuser,is_active,date_joined"
    columns += ",first_name,last_name,email"
    with connection.cursor().copy(f"COPY accounts_user ({columns}) FROM STDIN") as copy:
        for pk in range(first, first + count):
            at = joined + dt.timedelta(seconds=dice.randrange(5 * 365 * 86_400))
            phone = f"1{dice.choice('3578')}{dice.randint(0, 9)}****{dice.randint(0, 9999):04d}"
            name = f"citizen-{pk}"
            copy.write_row([pk, name, "!", made_up(dice), phone, "citizen", "", False, True, at, "", "", ""])
    connection.execute("SELECT setval(pg_get_serial_sequence('accounts_user', 'id'), %s)", [first + count - 1])
    connection.commit()
    return first, count

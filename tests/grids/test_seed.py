"""The demonstration ground. Figures are those of the source documents, typed by hand."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from accounts.models import User
from grids.ground import ground, look_again
from grids.models import (
    Building,
    Community,
    Grid,
    Membership,
    Objection,
    PaymentList,
    PublicNotice,
    Steward,
    Street,
    TrainingRecord,
    Unit,
)
from grids.selectors import actor_for
from grids.selectors.training import gap_counts
from grids.services import end_notices
from grids.services.naming import short_name_of
from lianqin.kernel import clock
from tests.copies import drop, on_a_copy

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Seed once, in a copy of the database on which all tests of this module run."""
    name = f"{connection.settings_dict['NAME']}_seeded"
    accounts = tmp_path_factory.mktemp("seeded") / "accounts.json"
    with ExitStack() as copy, pytest.MonkeyPatch.context() as told:
        with django_db_blocker.unblock():
            copy.enter_context(on_a_copy(name))
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE accounts_user, grids_district, grids_groundversion CASCADE")
            told.setenv("LIANQIN_DEMO_PASSWORD", "a-password-of-the-demo")
            call_command("seed_ground", accounts=accounts, verbosity=0)
        look_again()
        yield accounts
    drop(name)


def test_the_figures(seeded: Path) -> None:
    assert (Street.objects.count(), Community.objects.count(), Grid.objects.count()) == (12, 122, 456)
    kinds = dict(Unit.objects.values_list("kind").annotate(Count("pk")))
    assert kinds == {
        "command_center": 1, "sub_center": 12, "workstation": 122, "duty_department": 131,
        "leading_group": 1, "office": 2, "social_group": 2, "contractor": 1,
    }  # fmt: skip
    assert Unit.objects.filter(level="district", presence="resident").count() == 8
    assert Unit.objects.filter(level="district", presence="on_call").count() == 10
    on_grids = Membership.objects.filter(role="grid_worker")
    assert on_grids.values("user").distinct().count() == 2194
    posts = dict(on_grids.values_list("post").annotate(Count("pk")))
    assert posts == {"full_time_worker": 456, "part_time_worker": 1738, "grid_leader": 456}
    jiangpu = Grid.objects.filter(community__street__code="320111004")
    assert dict(jiangpu.values_list("kind").annotate(Count("pk"))) == {"comprehensive": 190, "dedicated": 33}
    zones = Community.objects.filter(street__code="320111004").values_list("zone").annotate(Count("pk"))
    assert dict(zones) == {"core": 10, "outer": 5}
    assert not Grid.objects.filter(synthetic=False).exists()
    assert len(ground()) == 456
    for grid in Grid.objects.all()[::19]:
        assert grid.label_lon is not None
        assert grid.label_lat is not None
        place = ground().locate(grid.label_lon, grid.label_lat)
        assert place is not None
        assert place.grid_id == grid.pk

    # Only the named accounts sign in.
    listed = json.loads(seeded.read_text(encoding="utf-8"))
    assert seeded.stat().st_mode & 0o777 == 0o600
    able = {user.username for user in User.objects.all() if user.has_usable_password()}
    assert able == {account["username"] for account in listed}
    assert {"commander", "district1", "jp_dispatch", "jp_urban", "ts_market", "d_water", "jp_officer"} <= able
    assert {"jp_grid", "jp_leader", "supervisor", "sysadmin", "secadmin", "auditadmin", "hotline12345"} <= able
    assert User.objects.get(username="jp_dispatch").check_password("a-password-of-the-demo")
    dispatcher = actor_for(User.objects.get(username="jp_dispatch"))
    street = Street.objects.get(code="320111004")
    assert dispatcher.tokens("dispatch_orders") == {f"s:{street.pk}"}

    # Again changes nothing.
    before = (Grid.objects.count(), Unit.objects.count(), User.objects.count(), Membership.objects.count())
    call_command("seed_ground", verbosity=0)
    after = (Grid.objects.count(), Unit.objects.count(), User.objects.count(), Membership.objects.count())
    assert after == before


def test_accounts_need_a_password(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANQIN_DEMO_PASSWORD")
    with pytest.raises(CommandError):
        call_command("seed_ground", accounts=seeded, verbosity=0)


def test_stewards_and_training(seeded: Path) -> None:
    """677 on duty in the pilot street, people in every state of the recruitment, one notice that runs."""
    states = dict(Steward.objects.values_list("state").annotate(Count("pk")))
    assert states == {
        "on_duty": 677, "applied": 9, "reviewed": 6, "interviewed": 5, "on_notice": 6, "training": 4, "refused": 3,
        "withdrawn": 2,
    }  # fmt: skip
    assert not Steward.objects.filter(synthetic=False).exists()
    assert Building.objects.filter(grid=None).count() == 0
    assert PublicNotice.objects.filter(ended_at=None, ends_at__gt=clock.now()).count() == 1
    assert Objection.objects.filter(state="open").count() == 1
    assert end_notices() == 0  # Nobody is let through early.
    assert dict(PaymentList.objects.values_list("state").annotate(Count("pk"))) == {"approved": 1, "submitted": 1}
    counts = gap_counts()
    assert min(counts.values()) > 0
    workers = TrainingRecord.objects.filter(course__code="WGY-01").count()
    assert workers == 456 - 23


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("龙华社区居委会", "龙华社区"),
        ("岔路口社区居民委员会", "岔路口社区"),
        ("汤泉农场居委会", "汤泉农场"),
        ("七联村委会", "七联村"),
        ("七联村民委员会", "七联村"),
    ],
)
def test_a_committee_is_called_by_its_place(name: str, called: str) -> None:
    assert short_name_of("community", name) == called

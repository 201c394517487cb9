"""While a long file is checked, the work on orders goes on: nobody waits for the rows that the check holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models import AuditEntry, User
from catalogue.models import Category
from catalogue.revisions import touch
from configuration.models import JobState
from configuration.services import imports
from configuration.tables import table_named
from tests.cast import Cast, build_cast, centre_of
from tests.configuration.files import Office, Rows, csv_file
from workorders.models import WorkOrder
from workorders.services.intake import report

pytestmark = pytest.mark.django_db(transaction=True)

FILES: dict[str, Rows] = {
    "units": [
        ["单位代码", "单位名称", "类别", "街道代码"],
        ["320999001-centre", "东街中心新名", "sub_center", "320999001"],
    ],
    "divisions": [
        ["区划代码", "名称", "级别", "上级代码", "户数"],
        ["320999001", "东街街道新", "街道", "320999", "5"],
        ["320999001001", "东街南里新社区", "社区", "320999001", "812"],
    ],
    "people": [
        ["用户名", "姓名", "电话"],
        ["street_dispatcher", "street_dispatcher", "13811112222"],
        ["grid_worker", "grid_worker", "13811112223"],
    ],
    "categories": [["事项代码", "名称", "立案条件", "结案条件"], ["A1B", "井盖丢失", "", ""]],
}


@pytest.fixture
def town(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    build_cast()
    top = Category.objects.create(code="A1", name="公用设施", level=1, order=1, pinyin="gong yong")
    Category.objects.create(
        code="A1B", name="井盖", level=2, parent=top, order=2, pinyin="jing gai",
        street_function="urban_management", district_function="urban_management",
    )  # fmt: skip
    touch()  # What the test before remembered is gone.
    return Cast()


@contextmanager
def open_check(office: Office, table: str) -> Iterator[None]:
    """A check that has gone through the whole file and has not ended yet."""
    job = office.uploaded(table, csv_file(FILES[table]))
    office.client.post(
        f"/configuration/imports/{job.pk}/",
        {"step": "map", **{f"map-{name}": place for name, place in job.mapping.items()}},
    )
    resource = table_named(table)
    assert resource is not None
    reached, go_on, finish = threading.Event(), threading.Event(), resource.finish

    def pause(self: object) -> None:
        finish(self)  # type: ignore[arg-type]
        reached.set()
        go_on.wait(30)

    def work() -> None:
        try:
            imports.run(job_id=job.pk)
        finally:
            connections.close_all()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resource, "finish", pause)
        thread = threading.Thread(target=work)
        thread.start()
        try:
            assert reached.wait(20)
            yield
        finally:
            go_on.set()
            thread.join(30)
    job.refresh_from_db()
    assert (job.state, job.changed, job.wrong) == (JobState.CHECKED, len(FILES[table]) - 1, 0)


def at_once(act: Callable[[], object]) -> None:
    """Do it, with its foreign keys checked; a wait of two seconds for somebody's lock is an error."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", FILES)
def test_nobody_waits_for_a_check(town: Cast, table: str) -> None:
    lon, lat = centre_of(0, 0)
    told: dict[str, Any] = {"title": "井盖丢失", "description": "路口东侧", "address": "路口", "lon": lon, "lat": lat}
    told["source"] = "grid_worker"

    with open_check(Office(town), table):
        at_once(lambda: report(by=town.grid_worker, data=dict(told)))
        at_once(lambda: report(by=town.grid_worker, data={**told, "category": "A1B"}))
        at_once(lambda: sign_in(town.user("street_dispatcher")))

    assert WorkOrder.objects.count() == 2
    assert AuditEntry.objects.filter(action="signed_in", actor=town.user("street_dispatcher")).count() == 1


def sign_in(user: User) -> None:
    Client().force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def test_a_sign_in_is_remembered(town: Cast) -> None:
    before = town.user("street_dispatcher")
    assert before.last_login is None
    sign_in(before)
    after = User.objects.get(pk=before.pk)
    assert after.last_login is not None

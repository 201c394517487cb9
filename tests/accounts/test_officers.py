"""Three officers, each in one room; nobody holds two keys."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from accounts.services import audit
from tests.accounts.conftest import make, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

USERS, AUDIT, GRIDS = "/admin/accounts/user/", "/admin/accounts/auditentry/", "/admin/grids"
CATALOGUE = "/admin/catalogue"
PATHS = (
    USERS,
    f"{USERS}add/",
    AUDIT,
    f"{AUDIT}add/",
    f"{GRIDS}/district/",
    f"{GRIDS}/grid/",
    f"{GRIDS}/unit/",
    f"{GRIDS}/unit/add/",
    f"{GRIDS}/membership/",
    f"{GRIDS}/membership/add/",
    f"{GRIDS}/streetpermission/",
    f"{CATALOGUE}/category/",
    f"{CATALOGUE}/deadlinerule/",
    f"{CATALOGUE}/workcalendar/",
    f"{CATALOGUE}/workcalendar/add/",
)
# Typed by hand: who may open which of these, in their order.
DOORS = {
    "sysadmin": (200, 200, 403, 403, 200, 200, 200, 403, 403, 403, 403, 200, 200, 200, 403),
    "secadmin": (200, 403, 403, 403, 403, 403, 403, 403, 200, 403, 200, 403, 403, 403, 403),
    "auditadmin": (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "dispatcher": (302,) * 15,
}


@pytest.mark.parametrize("name", DOORS)
def test_each_officer_enters_one_room(name: str) -> None:
    user = make("one", officer="" if name == "dispatcher" else name)
    client = signed_in(user)
    assert tuple(client.get(path).status_code for path in PATHS) == DOORS[name]


@pytest.mark.parametrize("officer", ["sysadmin", "secadmin", "auditadmin"])
def test_the_index_shows_nothing_else(officer: str) -> None:
    page = signed_in(make("one", officer=officer)).get("/admin/").content.decode()
    assert "/admin/auth/" not in page
    assert "/admin/axes/" not in page
    assert "/admin/workorders/" not in page
    assert "/admin/knox/" not in page
    assert ("/admin/accounts/auditentry/" in page) == (officer == "auditadmin")


def test_the_database_knows_no_superuser_and_no_fourth_officer(db: None) -> None:
    for wrong in ({"is_superuser": True}, {"officer": "king"}, {"officer": "sysadmin", "kind": "citizen"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username="x", **wrong)


def test_only_officers_stand_at_the_admins_door(db: None) -> None:
    assert User.objects.create(username="a", officer="sysadmin").is_staff
    assert not User.objects.create(username="b").is_staff
    User.objects.filter(username="a").update(officer="")
    assert not User.objects.get(username="a").is_staff


def test_the_system_administrator_manages_accounts_and_it_is_recorded(sysadmin: User) -> None:
    client = signed_in(sysadmin)
    fields = {"username": "new", "full_name": "新人", "phone": "", "kind": "staff", "usable_password": "true"}
    page = client.post(
        f"{USERS}add/",
        {**fields, "password1": "lantern-river-9", "password2": "lantern-river-9", "officer": "secadmin"},
    )
    assert page.status_code == 302, page.content.decode()
    new = User.objects.get(username="new")
    assert (new.full_name, new.officer) == ("新人", "")
    changed = {"username": "new", "full_name": "新人", "phone": "1", "kind": "staff", "officer": "secadmin"}
    assert client.post(f"{USERS}{new.pk}/change/", changed).status_code == 302
    new.refresh_from_db()
    assert (new.is_active, new.officer) == (False, "")
    entries = AuditEntry.objects.order_by("pk").values_list("action", "object_label", "actor__username")
    assert ("user_created", "new", "keeper") in entries
    assert ("user_changed", "new", "keeper") in entries
    assert "lantern" not in str(list(AuditEntry.objects.values()))


def test_no_officer_is_touched_from_the_admin(sysadmin: User, auditadmin: User) -> None:
    client = signed_in(sysadmin)
    assert client.post(f"{USERS}{auditadmin.pk}/change/", {"username": "gone"}).status_code == 403
    reset = {"usable_password": "true", "password1": "lantern-river-9", "password2": "lantern-river-9"}
    assert client.post(f"{USERS}{auditadmin.pk}/password/", reset).status_code == 403
    assert client.post(f"{USERS}{auditadmin.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_audit_log_is_read_and_never_written(auditadmin: User) -> None:
    entry = audit(actor_id=auditadmin.pk, action="signed_in", object_label="x")
    client = signed_in(auditadmin)
    assert client.get(f"{AUDIT}{entry.pk}/change/").status_code == 200
    assert client.post(f"{AUDIT}{entry.pk}/change/", {"action": "y"}).status_code == 403
    assert client.post(f"{AUDIT}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_officers_hold_no_permission_on_orders(sysadmin: User) -> None:
    assert signed_in(sysadmin).get("/api/v1/dispatching/").status_code == 403


def test_officers_are_created_on_the_command_line_only(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANQIN_OFFICER_PASSWORD", "lantern-river-9")
    call_command("create_officer", "secadmin", "newguard", "--full-name", "保密员")
    guard = User.objects.get(username="newguard")
    assert (guard.officer, guard.is_staff, guard.check_password("lantern-river-9")) == ("secadmin", True, True)
    assert AuditEntry.objects.get().detail == {"officer": "secadmin"}
    monkeypatch.setenv("LIANQIN_OFFICER_PASSWORD", "12345678")
    with pytest.raises(CommandError):
        call_command("create_officer", "secadmin", "weak")
    assert not User.objects.filter(username="weak").exists()

"""One-time passwords: good for setting one's own, for nothing else, and not for long."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from accounts.errors import OfficerUntouchable, UsernameTaken
from accounts.models import AuditEntry, IdempotencyRecord, User
from accounts.rules import LETTERS, masked_phone, pinyin_of, username_for
from accounts.services import (
    Slip,
    close_access,
    create_person,
    issue_one_time_passwords,
    issue_token,
    restore_access,
)
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
OWN = "lantern-river-9"


@pytest.fixture
def slip() -> Slip:
    person = create_person(full_name="王芳", phone="13812345678", by=SYSTEM)
    return issue_one_time_passwords(users=[person], by=SYSTEM)[0]


def entered(slip: Slip, password: str = "") -> Client:
    client = Client()
    client.post("/accounts/signin/", {"username": slip.username, "password": password or slip.password})
    return client


def test_it_opens_the_page_to_change_it_and_nothing_else(slip: Slip) -> None:
    client = entered(slip)
    page = client.get("/accounts/")
    assert (page.status_code, page["Location"]) == (302, "/accounts/password/")
    api = client.get("/api/v1/auth/me/")
    assert (api.status_code, api.json()["code"]) == (403, "password_change_required")
    assert "一次性密码只能用来设置新密码" in client.get("/accounts/password/").content.decode()
    answer = client.post(
        "/accounts/password/", {"old_password": slip.password, "new_password1": OWN, "new_password2": OWN}
    )
    assert answer.status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert client.get("/api/v1/auth/me/").status_code == 200
    assert User.objects.get(username="wangfang").one_time_until is None


def test_the_new_password_is_another_one(slip: Slip) -> None:
    same = {"old_password": slip.password, "new_password1": slip.password, "new_password2": slip.password}
    answer = entered(slip).post("/accounts/password/", same)
    assert answer.status_code == 200
    assert "新密码不能与当前密码相同" in answer.content.decode()
    assert User.objects.get(username="wangfang").one_time_until is not None


def test_no_token_is_given_for_it_and_none_that_is_left_works(slip: Slip) -> None:
    told = {"username": slip.username, "password": slip.password}
    answer = Client().post("/api/v1/auth/token/", told)
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")
    token, _until = issue_token(user=User.objects.get(username=slip.username))
    answer = Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/auth/me/")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")


def test_a_new_one_ends_the_old_one_and_every_session_and_token(slip: Slip) -> None:
    client = entered(slip)
    client.post("/accounts/password/", {"old_password": slip.password, "new_password1": OWN, "new_password2": OWN})
    user = User.objects.get(username=slip.username)
    issue_token(user=user)
    again = issue_one_time_passwords(users=[user], by=SYSTEM)[0]
    assert client.get("/accounts/")["Location"].startswith("/accounts/signin/")
    assert not AuthToken.objects.filter(user=user).exists()
    assert entered(slip, OWN).get("/accounts/password/").status_code == 302
    assert entered(again).get("/accounts/password/").status_code == 200


def test_it_expires(slip: Slip, settings: object) -> None:
    assert dt.timedelta(days=6, hours=23) < slip.until - clock.now() <= dt.timedelta(days=7)
    client = entered(slip)
    User.objects.filter(username=slip.username).update(one_time_until=clock.now())
    assert client.get("/accounts/password/")["Location"] == "/accounts/signin/"
    page = Client().post("/accounts/signin/", {"username": slip.username, "password": slip.password})
    assert "一次性密码已过期" in page.content.decode()
    answer = Client().post("/api/v1/auth/token/", {"username": slip.username, "password": slip.password})
    assert (answer.status_code, answer.json()["code"]) == (401, "one_time_password_expired")


def test_it_is_written_nowhere(slip: Slip, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        again = issue_one_time_passwords(users=[User.objects.get(username=slip.username)], by=SYSTEM)[0]
    stored = [str(list(model.objects.values())) for model in (User, AuditEntry, IdempotencyRecord)]
    for secret in (slip.password, again.password):
        assert all(secret not in text for text in (*stored, caplog.text, repr(again), repr(slip)))
    entry = AuditEntry.objects.filter(action="password_issued").latest("pk")
    assert (entry.object_label, list(entry.detail)) == ("wangfang", ["until"])


def test_what_one_looks_like(slip: Slip) -> None:
    groups = slip.password.split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(LETTERS)
    assert not set(LETTERS) & set("0o1lis5")


def test_two_thousand_are_hashed_in_seconds(settings: object) -> None:
    hasher = PBKDF2PasswordHasher()
    settings.PASSWORD_HASHERS = [f"{type(hasher).__module__}.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    users = [create_person(full_name="李雷", by=SYSTEM) for _ in range(3)]
    slips = issue_one_time_passwords(users=users, by=SYSTEM)
    stored = User.objects.get(pk=slips[0].user_id)
    assert stored.password.startswith("pbkdf2_sha256$5000$")
    assert stored.check_password(slips[0].password)
    # The first use hashes it as slowly as any other.
    assert User.objects.get(pk=stored.pk).password.split("$")[1] == str(hasher.iterations)


def test_officers_get_none(sysadmin: User) -> None:
    with pytest.raises(OfficerUntouchable):
        issue_one_time_passwords(users=[sysadmin], by=SYSTEM)
    with pytest.raises(OfficerUntouchable):
        close_access(user=sysadmin, by=SYSTEM)


def test_a_closed_account_is_shut_on_the_next_request_and_stays_shut_for_old_sessions(slip: Slip) -> None:
    client = entered(slip)
    client.post("/accounts/password/", {"old_password": slip.password, "new_password1": OWN, "new_password2": OWN})
    user = User.objects.get(username=slip.username)
    token, _until = issue_token(user=user)
    assert client.get("/accounts/").status_code == 200
    close_access(user=user, by=SYSTEM)
    assert client.get("/accounts/")["Location"].startswith("/accounts/signin/")
    assert client.get("/api/v1/auth/me/").status_code == 401
    assert Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/auth/me/").status_code == 401
    restore_access(user=user, by=SYSTEM)
    assert client.get("/accounts/").status_code == 302
    assert entered(slip, OWN).get("/accounts/").status_code == 302


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("王芳", (), "wangfang"),
        ("王芳", ("wangfang",), "wangfang2"),
        ("王方", ("wangfang", "wangfang2"), "wangfang3"),
        ("欧阳 娜娜", (), "ouyangnana"),
        ("Ünal", (), "nal"),
        ("7", (), "user7"),
    ],
)
def test_user_names_come_from_the_name(name: str, taken: tuple[str, ...], expected: str) -> None:
    assert username_for(name, taken) == expected


def test_user_names_given_are_checked() -> None:
    assert create_person(full_name="张伟", username="ZW.01", by=SYSTEM).username == "zw.01"
    with pytest.raises(UsernameTaken):
        create_person(full_name="张卫", username="zw.01", by=SYSTEM)
    for wrong in ("1abc", "a", "a b", "王"):
        with pytest.raises(Invalid):
            create_person(full_name="张伟", username=wrong, by=SYSTEM)


def test_pinyin_and_masks() -> None:
    assert pinyin_of("王芳") == "wangfang wf"
    assert (masked_phone("13812345678"), masked_phone("12345"), masked_phone("")) == ("138****5678", "*****", "")


def test_the_admin_chooses_no_password_for_others(sysadmin: User) -> None:
    client = Client()
    client.force_login(sysadmin, backend="django.contrib.auth.backends.ModelBackend")
    person = create_person(full_name="王芳", phone="13812345678", by=SYSTEM)
    told = {"usable_password": "true", "password1": OWN, "password2": OWN}
    assert client.post(f"/admin/accounts/user/{person.pk}/password/", told).status_code == 403
    assert "13812345678" not in client.get("/admin/accounts/user/").content.decode()
    new = {"username": "new", "full_name": "新人", "phone": "", "kind": "staff", **told}
    assert client.post("/admin/accounts/user/add/", new).status_code == 302
    assert User.objects.get(username="new").one_time_until is not None


def test_a_source_that_becomes_staff_sets_another_password(sysadmin: User) -> None:
    """The system administrator would know the password of somebody who is appointed later."""
    client = Client()
    client.force_login(sysadmin, backend="django.contrib.auth.backends.ModelBackend")
    told = {"usable_password": "true", "password1": OWN, "password2": OWN}
    client.post(
        "/admin/accounts/user/add/", {"username": "new", "full_name": "", "phone": "", "kind": "source", **told}
    )
    new = User.objects.get(username="new")
    assert new.one_time_until is None
    changed = {"username": "new", "full_name": "新人", "phone": "", "kind": "staff", "is_active": "on"}
    assert client.post(f"/admin/accounts/user/{new.pk}/change/", changed).status_code == 302
    assert User.objects.get(username="new").one_time_until is not None


def test_it_costs_others_no_statement(slip: Slip) -> None:
    client = entered(slip)
    client.post("/accounts/password/", {"old_password": slip.password, "new_password1": OWN, "new_password2": OWN})
    connection.force_debug_cursor = True
    client.get("/accounts/password/")
    assert len(connection.queries) <= 4
    connection.force_debug_cursor = False

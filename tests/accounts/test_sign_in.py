"""The door: who gets in, who is kept waiting, and that all of it is on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.middleware import SEEN
from accounts.models import AuditEntry, User
from tests.accounts.conftest import PASSWORD, make, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def knock(client: Client, username: str = "dispatcher", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/signin/", {"username": username, "password": password, **more})


def recorded() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "object_label"))


def test_signing_in_and_out_is_recorded_with_its_address(dispatcher: User) -> None:
    client = Client()
    assert knock(client).status_code == 302
    assert client.get("/accounts/").status_code == 200
    client.post("/accounts/signout/")
    assert client.get("/accounts/").status_code == 302
    assert recorded() == [("signed_in", "dispatcher"), ("signed_out", "dispatcher")]
    assert set(AuditEntry.objects.values_list("ip", flat=True)) == {"127.0.0.1"}
    assert set(AuditEntry.objects.values_list("actor__username", flat=True)) == {"dispatcher"}


def test_signing_out_is_not_a_link() -> None:
    assert Client().get("/accounts/signout/").status_code == 405


def test_a_failure_says_so_in_chinese_and_is_recorded_without_the_password(dispatcher: User) -> None:
    response = knock(Client(), password="wrong-secret")
    assert response.status_code == 200
    assert "用户名或密码不正确" in response.content.decode()
    assert 'value="dispatcher"' in response.content.decode()
    assert recorded() == [("sign_in_failed", "dispatcher")]
    assert "wrong-secret" not in str(list(AuditEntry.objects.values()))


def test_the_sixth_try_is_locked_out_even_with_the_right_password(dispatcher: User) -> None:
    client = Client()
    for _ in range(5):
        response = knock(client, password="wrong")
    assert response.status_code == 429
    response = knock(client)
    assert response.status_code == 429
    assert "已暂时锁定" in response.content.decode()
    assert response["Retry-After"] == "900"
    assert ("sign_in_locked", "dispatcher") in recorded()
    assert "signed_in" not in dict(recorded())
    # The same lock holds for tokens; other accounts are not touched by it.
    token = client.post("/api/v1/auth/token/", {"username": "dispatcher", "password": PASSWORD})
    assert (token.status_code, token.json()["code"]) == (429, "sign_in_locked")
    make("other")
    assert knock(client, username="other").status_code == 302


def test_the_session_changes_its_key_at_sign_in(dispatcher: User) -> None:
    client = Client()
    client.get("/accounts/signin/")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    knock(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_session_ends_twelve_hours_after_its_last_use(dispatcher: User) -> None:
    client = Client()
    knock(client)
    client.get("/accounts/")
    left = Session.objects.get().expire_date - timezone.now()
    assert dt.timedelta(hours=11, minutes=59) < left <= dt.timedelta(hours=12)
    # Ten minutes later a request postpones the end again.
    session = client.session
    session[SEEN] -= 600
    session.save()
    Session.objects.update(expire_date=timezone.now() + dt.timedelta(minutes=3))
    client.get("/accounts/")
    assert Session.objects.get().expire_date > timezone.now() + dt.timedelta(hours=11)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/accounts/").status_code == 302


def test_a_busy_session_is_not_written_at_every_request(dispatcher: User, django_assert_num_queries: Any) -> None:
    client = Client()
    knock(client)
    client.get("/accounts/")
    with django_assert_num_queries(2):
        client.get("/accounts/password/")


def test_source_platforms_and_closed_accounts_stay_outside(db: None) -> None:
    make("hotline", kind="source")
    assert "只能通过接口使用" in knock(Client(), username="hotline").content.decode()
    closed = make("closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert knock(Client(), username="closed").status_code == 200


@pytest.mark.parametrize(("target", "lands"), [("/accounts/password/", "/accounts/password/"), ("//evil.test/", "/")])
def test_the_way_back_stays_on_this_site(dispatcher: User, target: str, lands: str) -> None:
    assert knock(Client(), next=target)["Location"] == lands


def test_an_officer_lands_where_the_settings_say(sysadmin: User, settings: Any) -> None:
    settings.LIANQIN_OFFICER_HOMES = {"sysadmin": "accounts:account"}
    assert knock(Client(), username="keeper")["Location"] == "/accounts/"
    settings.LIANQIN_OFFICER_HOMES = {}
    assert knock(Client(), username="keeper")["Location"] == "/admin/"


def test_changing_the_password_ends_other_sessions_and_tokens(dispatcher: User) -> None:
    here, there = Client(), Client()
    knock(here)
    knock(there)
    token = Client().post("/api/v1/auth/token/", {"username": "dispatcher", "password": PASSWORD}).json()["token"]
    fields = {"old_password": PASSWORD, "new_password1": "new-lantern-river", "new_password2": "new-lantern-river"}
    page = here.post("/accounts/password/", fields, follow=True)
    assert "密码已修改" in page.content.decode()
    assert here.get("/accounts/").status_code == 200
    assert there.get("/accounts/").status_code == 302
    assert Client().get("/api/v1/auth/me/", headers={"Authorization": f"Token {token}"}).status_code == 401
    assert ("password_changed", "dispatcher") in recorded()


def test_a_weak_password_is_refused_beside_its_field(dispatcher: User) -> None:
    client = Client()
    knock(client)
    fields = {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"}
    page = client.post("/accounts/password/", fields)
    assert page.status_code == 200
    assert "field-bad" in page.content.decode()
    dispatcher.refresh_from_db()
    assert dispatcher.check_password(PASSWORD)


def test_the_account_page_names_my_posts(cast: Any) -> None:
    client = signed_in(User.objects.get(username="street_dispatcher"))
    page = client.get("/accounts/").content.decode()
    assert "街道派遣员 · " in page
    assert "暂无岗位" not in page

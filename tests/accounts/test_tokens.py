"""Tokens: stored as hashes, ended by time, by hand and with the account."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from knox.models import AuthToken

from accounts import services
from accounts.models import AuditEntry, User
from tests.accounts.conftest import PASSWORD, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def ask(**fields: Any) -> Any:
    data = {"username": "dispatcher", "password": PASSWORD, **fields}
    return Client().post("/api/v1/auth/token/", data, content_type="application/json")


def me(token: str) -> Any:
    return Client().get("/api/v1/auth/me/", headers={"Authorization": f"Token {token}"})


def test_a_token_opens_the_api_and_only_its_hash_is_kept(dispatcher: User) -> None:
    response = ask()
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    token = response.json()["token"]
    expires_at = parse_datetime(response.json()["expires_at"])
    assert expires_at is not None
    assert dt.timedelta(hours=11, minutes=59) < expires_at - timezone.now() <= dt.timedelta(hours=12)
    assert token not in str(list(AuthToken.objects.values()))
    assert me(token).json() == {
        "username": "dispatcher",
        "full_name": "王派遣",
        "kind": "staff",
        "officer": "",
        "posts": [],
    }
    assert AuditEntry.objects.filter(action="token_issued", actor=dispatcher, ip="127.0.0.1").count() == 1


def test_the_actor_is_the_tokens_owner_not_the_sessions(dispatcher: User, outsider: User) -> None:
    token = ask().json()["token"]
    client = signed_in(outsider)
    response = client.get("/api/v1/dispatching/", headers={"Authorization": f"Token {token}"})
    assert response.json()["actor"] == "王派遣"


def test_a_request_by_token_costs_one_query(dispatcher: User, django_assert_num_queries: Any) -> None:
    token = ask().json()["token"]
    with django_assert_num_queries(1):
        me(token)


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"username": "nobody"}])
def test_wrong_credentials_are_401(dispatcher: User, fields: dict[str, str]) -> None:
    response = ask(**fields)
    assert (response.status_code, response.json()["code"]) == (401, "bad_credentials")
    assert AuditEntry.objects.filter(action="sign_in_failed").count() == 1


def test_missing_fields_are_400(dispatcher: User) -> None:
    response = Client().post("/api/v1/auth/token/", {}, content_type="application/json")
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {"username", "password"}


def test_an_expired_token_is_refused_and_purged(dispatcher: User) -> None:
    token = ask().json()["token"]
    AuthToken.objects.update(expiry=timezone.now() - dt.timedelta(seconds=1))
    response = me(token)
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")
    assert services.purge_expired_tokens() == 1


def test_a_closed_account_takes_its_tokens_along(dispatcher: User) -> None:
    token = ask().json()["token"]
    User.objects.update(is_active=False)
    assert me(token).status_code == 401


@pytest.mark.parametrize("token", ["", "abc", "zz" * 32, "a b", "中"])
def test_nonsense_is_401(db: None, token: str) -> None:
    response = Client().get("/api/v1/auth/me/", headers={"Authorization": f"Token {token}"})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


def test_an_old_token_does_not_keep_one_from_a_new_one(dispatcher: User) -> None:
    data = {"username": "dispatcher", "password": PASSWORD}
    response = Client().post("/api/v1/auth/token/", data, headers={"Authorization": "Token expired"})
    assert response.status_code == 201


def test_a_token_can_be_ended(dispatcher: User) -> None:
    token = ask().json()["token"]
    assert Client().delete("/api/v1/auth/token/", headers={"Authorization": f"Token {token}"}).status_code == 204
    assert me(token).status_code == 401
    assert AuditEntry.objects.filter(action="token_revoked", actor=dispatcher).count() == 1

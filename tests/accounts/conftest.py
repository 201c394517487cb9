"""Who knocks at the door."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Officer, User
from lianqin.kernel.actors import Actor, ActorKind

PASSWORD = "correct-horse-battery"


def actor_for(user: User) -> Actor:
    """Stand in for the loader of the ground: the dispatcher may dispatch, nobody else anything."""
    grants = {"dispatch_orders": frozenset({"s:1"})} if user.username == "dispatcher" else {}
    return Actor(kind=ActorKind.PERSON, name=user.get_full_name(), user_id=user.pk, grants=grants)


@pytest.fixture(autouse=True)
def small_world(settings: pytest.FixtureRequest) -> None:
    settings.LIANQIN_ACTOR_LOADER = "tests.accounts.conftest.actor_for"  # type: ignore[attr-defined]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.STATIC_MANIFEST = False  # type: ignore[attr-defined]
    settings.SECURE_SSL_REDIRECT = False  # type: ignore[attr-defined]


def make(username: str, **fields: str) -> User:
    user = User(username=username, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def dispatcher(db: None) -> User:
    return make("dispatcher", full_name="王派遣")


@pytest.fixture
def outsider(db: None) -> User:
    return make("stranger")


@pytest.fixture
def sysadmin(db: None) -> User:
    return make("keeper", officer=Officer.SYSADMIN)


@pytest.fixture
def secadmin(db: None) -> User:
    return make("guard", officer=Officer.SECADMIN)


@pytest.fixture
def auditadmin(db: None) -> User:
    return make("reader", officer=Officer.AUDITADMIN)


def signed_in(user: User, **kwargs: bool) -> Client:
    client = Client(**kwargs)  # type: ignore[arg-type]
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client

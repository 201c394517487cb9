from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

import pytest
from django.core.management import call_command

from accounts.models import User
from catalogue import revisions
from lianqin.kernel.actors import Actor, ActorKind


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What an earlier test left in this process is not this test's."""
    revisions.forget()
    yield
    revisions.forget()


@pytest.fixture
def seeded(db: None) -> None:
    call_command("seed_catalogue", verbosity=0)


MakeActor = Callable[..., Actor]


@pytest.fixture
def make_actor(db: None) -> MakeActor:
    def make(name: str, *, officer: str = "", grants: tuple[str, ...] = ()) -> Actor:
        user = User.objects.create(username=f"catalogue-{name}", officer=officer)
        held = MappingProxyType({codename: frozenset({"d:1"}) for codename in grants})
        return Actor(kind=ActorKind.PERSON, name=name, user_id=user.pk, officer=officer, grants=held)

    return make


@pytest.fixture
def sysadmin(make_actor: MakeActor) -> Actor:
    return make_actor("sysadmin", officer="sysadmin")


@pytest.fixture
def commander(make_actor: MakeActor) -> Actor:
    return make_actor("commander", grants=("command_orders",))


@pytest.fixture
def dispatcher(make_actor: MakeActor) -> Actor:
    return make_actor("dispatcher", grants=("dispatch_orders", "approve_requests"))

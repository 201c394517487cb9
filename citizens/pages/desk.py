"""What staff does for citizens: each part with its line, for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from lianqin.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """``name`` is that of its page, without the prefix; ``may`` says who is offered it, the page asks again."""

    name: str
    icon: str
    title: str | Promise
    told: str | Promise
    may: Callable[[Actor], bool]

    @property
    def address(self) -> str:
        return reverse(f"desk:{self.name}")


TASKS: tuple[Task, ...] = ()


def tasks_for(actor: Actor) -> list[Task]:
    return [task for task in TASKS if task.may(actor)]

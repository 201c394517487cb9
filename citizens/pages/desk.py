"""What staff does for citizens: each part with its line, for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from citizens.services.notices import may_write_notices
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


TASKS: tuple[Task, ...] = (
    Task(
        "privacy-notices", "shield-check", _("隐私告知"), _("起草告知、另一人核对生效；看到期清理。"), may_write_notices
    ),
)


def tasks_for(actor: Actor) -> list[Task]:
    return [task for task in TASKS if task.may(actor)]

"""Legal deletion: ``manage.py erase_texts NUMBER --reason "…" [--by USERNAME]``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.selectors import actor_for
from lianqin.kernel.actors import SYSTEM, Actor
from workorders.errors import DomainError
from workorders.services.erasure import erase_texts


class Command(BaseCommand):
    help = "Erase the texts and files of an order for good. What happened stays on record and still verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number")
        parser.add_argument("--reason", required=True, help="the legal ground; kept in the history and the audit log")
        parser.add_argument("--by", default="", help="user name of the system administrator who answers for it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            event = erase_texts(number=options["number"], reason=options["reason"], by=_who(options["by"]))
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{options['number']}: erased, event {event.seq}")


def _who(username: str) -> Actor:
    if not username:
        return SYSTEM
    user = User.objects.filter(username=username, officer="sysadmin").first()
    if user is None:
        raise CommandError(f"{username} is not a system administrator")
    return actor_for(user)

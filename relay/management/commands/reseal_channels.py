"""``manage.py reseal_channels``: after a new first key in LIANQIN_CHANNEL_KEYS, before the old one goes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from relay.services import reseal_secrets


class Command(BaseCommand):
    help = "Seal the secrets of all channels under the first key."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = reseal_secrets()
        self.stdout.write(f"{done} sealed anew")
        if lost:
            raise CommandError(f"no key opens: {', '.join(lost)}")

"""Citizens, as Django knows it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext_lazy as _

from citizens.rules.limits import FIGURES, changed

LEAST_SAMPLE = 3


def limits_are_readable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse figures of the public door that nobody could keep."""
    try:
        changed(FIGURES, settings.LIANQIN_PUBLIC_LIMITS)
    except ValueError as error:
        hint = "Write LIANQIN_PUBLIC_LIMITS as report.near=20/1200/600 (free/most/seconds), separated by commas."
        return [Error(f"LIANQIN_PUBLIC_LIMITS: {error}.", hint=hint, id="citizens.E001")]
    return []


def few_stay_unpublished(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse, always, to publish numbers behind which stand one or two people."""
    if settings.LIANQIN_OPEN_DATA_LEAST >= LEAST_SAMPLE:
        return []
    hint = f"Unset LIANQIN_OPEN_DATA_LEAST, or set it to {LEAST_SAMPLE} or more."
    return [Error("LIANQIN_OPEN_DATA_LEAST would publish single people.", hint=hint, id="citizens.E002")]


class CitizensConfig(AppConfig):
    name = "citizens"
    verbose_name = _("群众")

    def ready(self) -> None:
        # Imported for what they register.
        from citizens import receivers  # noqa: F401
        from citizens.pages import callbacks, community, deliberation, own_data, points, reading  # noqa: F401
        from citizens.rules.logging import ADDRESS_LOGS, SERVER_LOG, Anonymous, Codeless

        register(limits_are_readable)
        register(few_stay_unpublished)
        logging.getLogger(SERVER_LOG).addFilter(Anonymous())
        for name in ADDRESS_LOGS:
            logging.getLogger(name).addFilter(Codeless())

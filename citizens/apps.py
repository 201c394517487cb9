"""Citizens, as Django knows it."""

import logging

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CitizensConfig(AppConfig):
    name = "citizens"
    verbose_name = _("群众")

    def ready(self) -> None:
        # Imported for what they register.
        from citizens import receivers  # noqa: F401
        from citizens.pages import community, own_data, points, reading  # noqa: F401
        from citizens.rules.logging import ADDRESS_LOGS, SERVER_LOG, Anonymous, Codeless

        logging.getLogger(SERVER_LOG).addFilter(Anonymous())
        for name in ADDRESS_LOGS:
            logging.getLogger(name).addFilter(Codeless())

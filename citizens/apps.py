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
        from citizens.pages import own_data, reading  # noqa: F401
        from citizens.rules.logging import SERVER_LOG, Anonymous

        logging.getLogger(SERVER_LOG).addFilter(Anonymous())

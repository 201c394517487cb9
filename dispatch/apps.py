"""Dispatch, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("调度")

    def ready(self) -> None:
        # Imported for what they register.
        from dispatch import receivers  # noqa: F401
        from dispatch.pages import panels  # noqa: F401

"""Insight, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "insight"
    verbose_name = _("分析")

    def ready(self) -> None:
        # Imported for what they register.
        from insight import health, receivers  # noqa: F401

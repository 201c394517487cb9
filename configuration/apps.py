import pkgutil
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigurationConfig(AppConfig):
    name = "configuration"
    verbose_name = _("配置")

    def ready(self) -> None:
        """Let every module of ``tables`` register what it holds."""
        from configuration import receivers, tables  # noqa: F401

        for module in pkgutil.iter_modules(tables.__path__):
            import_module(f"{tables.__name__}.{module.name}")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("区划与单位")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grids import receivers  # noqa: F401

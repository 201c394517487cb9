"""The house itself: system checks and the Celery application are there as soon as Django is."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseConfig(AppConfig):
    name = "lianqin"
    label = "house"
    verbose_name = _("大联勤")

    def ready(self) -> None:
        from lianqin import celery, checks  # noqa: F401  # both need the settings, so not before

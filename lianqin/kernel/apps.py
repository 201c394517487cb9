"""The app that owns the one clock."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "lianqin.kernel"
    label = "kernel"
    verbose_name = _("内核")

"""Guardian's object permissions with direct foreign keys (its generic ones compare ids as text)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from .divisions import District, Street
from .units import Unit


class DistrictPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(District, models.CASCADE, verbose_name=_("区"))

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("区级授权")
        verbose_name_plural = _("区级授权")


class StreetPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Street, models.CASCADE, verbose_name=_("街道"))

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("街道授权")
        verbose_name_plural = _("街道授权")


class UnitPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Unit, models.CASCADE, verbose_name=_("单位"))

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("单位授权")
        verbose_name_plural = _("单位授权")

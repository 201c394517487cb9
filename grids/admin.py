"""The ground and the posts as the officers see them: to be read, here; services write."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin import OfficerAdmin
from accounts.models import Officer

from .models import (
    Community,
    District,
    DistrictPermission,
    Grid,
    Membership,
    Street,
    StreetPermission,
    Unit,
    UnitPermission,
)


class GroundAdmin(OfficerAdmin):
    readers: ClassVar[frozenset[str]] = frozenset({Officer.SYSADMIN.value})
    search_fields = ("code", "name", "pinyin")
    ordering = ("code",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        """Leave boundaries, which are long, in the database."""
        return super().get_queryset(request).defer("boundary")


@admin.register(District, Street, Community, Grid)
class DivisionAdmin(GroundAdmin):
    list_display = ("code", "name", "households", "population", "valid_from", "valid_to", "synthetic")
    exclude = ("boundary",)


@admin.register(Unit)
class UnitAdmin(OfficerAdmin):
    readers: ClassVar[frozenset[str]] = frozenset({Officer.SYSADMIN.value})
    list_display = ("code", "name", "kind", "level", "street", "phone", "active")
    list_filter = ("kind", "level", "active")
    list_select_related = ("street",)
    search_fields = ("code", "name", "pinyin")
    show_full_result_count = False


@admin.register(Membership)
class MembershipAdmin(OfficerAdmin):
    readers: ClassVar[frozenset[str]] = frozenset({Officer.SECADMIN.value})
    list_display = ("user", "role", "post", "unit", "grid", "starts_on", "ends_on")
    list_filter = ("role", "post")
    list_select_related = ("user", "unit", "grid")
    search_fields = ("user__username", "user__full_name", "unit__name", "grid__code")
    show_full_result_count = False


@admin.register(DistrictPermission, StreetPermission, UnitPermission)
class GrantAdmin(OfficerAdmin):
    readers: ClassVar[frozenset[str]] = frozenset({Officer.SECADMIN.value})
    list_display = ("user", "permission", "content_object")
    list_filter = ("permission",)
    list_select_related = ("user", "permission", "content_object")
    search_fields = ("user__username", "user__full_name")
    show_full_result_count = False

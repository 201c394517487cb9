"""Read-only lists: the ground for the system administrator, posts and grants for the security officer."""

from __future__ import annotations

from django.contrib import admin

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

SYSADMIN, SECADMIN = frozenset({Officer.SYSADMIN.value}), frozenset({Officer.SECADMIN.value})


@admin.register(District, Street, Community, Grid)
class DivisionAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "households", "population", "valid_from", "valid_to", "synthetic")
    search_fields = ("code", "name", "pinyin")
    exclude = ("boundary",)


@admin.register(Unit)
class UnitAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "short_name", "kind", "level", "function", "presence", "vertical", "active")
    list_filter = ("kind", "level", "presence", "vertical", "active")
    search_fields = ("code", "name", "pinyin")


@admin.register(Membership)
class MembershipAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("user", "role", "post", "unit", "grid", "starts_on", "ends_on")
    list_filter = ("role", "post")
    list_select_related = ("user", "unit", "grid")
    search_fields = ("user__username", "user__full_name", "unit__code", "grid__code")


@admin.register(DistrictPermission, StreetPermission, UnitPermission)
class GrantAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("user", "permission", "content_object")
    list_filter = ("permission",)
    list_select_related = ("user", "permission", "content_object")
    search_fields = ("user__username", "user__full_name")

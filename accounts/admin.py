"""The rooms of the three officers. Nobody else enters, no officer enters another's, and none of them sees an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditAction, AuditEntry, Officer, User, UserKind
from accounts.rules import masked_phone, pinyin_of
from accounts.selectors import client_ip
from accounts.services import audit
from lianqin.kernel import clock

admin.site.site_header = admin.site.site_title = _("大联勤 · 管理后台")
admin.site.index_title = _("您的职责范围")


class OfficerAdmin(admin.ModelAdmin[Any]):
    """A table that some officers read and others manage; nothing is ever deleted here.

    Rights come from the officer's post alone, never from model permissions or groups.
    """

    readers: ClassVar[frozenset[str]] = frozenset()
    managers: ClassVar[frozenset[str]] = frozenset()

    def _is_one_of(self, request: HttpRequest, officers: frozenset[str]) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and bool(user.officer) and user.officer in officers

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_one_of(request, self.readers | self.managers)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is_one_of(request, self.readers | self.managers)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is_one_of(request, self.managers)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._is_one_of(request, self.managers)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(User)
class AccountAdmin(OfficerAdmin, UserAdmin):  # type: ignore[type-arg]
    """The system administrator manages accounts, but appoints no officer and touches none."""

    readers = frozenset({Officer.SECADMIN.value})
    managers = frozenset({Officer.SYSADMIN.value})

    form = UserChangeForm
    add_form = AdminUserCreationForm
    list_display = ("username", "full_name", "phone_masked", "kind", "officer", "is_active", "last_login")
    list_filter = ("kind", "officer", "is_active")
    search_fields = ("username", "full_name", "phone")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("officer", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("本人"), {"fields": ("full_name", "phone", "kind")}),
        (_("状态"), {"fields": ("is_active", "officer", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "full_name", "phone", "kind", "usable_password", "password1", "password2")}),
    )

    @admin.display(description=_("电话"))
    def phone_masked(self, user: User) -> str:
        return masked_phone(user.phone)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Shut: a password that somebody else chose is a one-time one, and those are issued in the configuration."""
        raise PermissionDenied

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if isinstance(obj, User) and obj.officer:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        # A source's password is known to who set it: whoever becomes staff sets another one.
        if obj.kind == UserKind.STAFF and (not change or "kind" in form.changed_data):
            obj.one_time_until = clock.now() + timedelta(days=settings.LIANQIN_ONE_TIME_DAYS)
        obj.pinyin = pinyin_of(obj.full_name)
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)
        audit(
            actor_id=request.user.pk,
            action=AuditAction.USER_CHANGED if change else AuditAction.USER_CREATED,
            object_label=obj.username,
            # Which fields, not their content: no password or telephone number enters the log.
            detail={"fields": sorted(form.changed_data)},
            ip=client_ip(request),
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(OfficerAdmin):
    """The audit officer reads the audit log, and nothing else."""

    readers = frozenset({Officer.AUDITADMIN.value})

    list_display = ("moment", "actor", "action_named", "object_label", "ip")
    fields = ("moment", "actor", "action_named", "object_label", "detail", "ip")
    list_filter = ("action", "at")
    list_select_related = ("actor",)
    search_fields = ("actor__username", "actor__full_name", "object_label", "ip")
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description=_("时间"), ordering="at")
    def moment(self, entry: AuditEntry) -> str:
        return timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S")

    @admin.display(description=_("动作"), ordering="action")
    def action_named(self, entry: AuditEntry) -> str:
        return entry.action_label

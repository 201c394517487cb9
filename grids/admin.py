"""Read-only lists: the ground for the system administrator, posts and grants for the security officer."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import AuditEntryAdmin, OfficerAdmin
from accounts.models import Officer

from .models import (
    AllowanceBudget,
    AppointmentLine,
    AttentionLook,
    Camera,
    Community,
    Course,
    CourseRequirement,
    Departure,
    District,
    DistrictPermission,
    Element,
    ElementType,
    EntrustedService,
    Grid,
    GridNorm,
    GridVersion,
    GroundPlan,
    Membership,
    PlanStep,
    PublicNotice,
    Recruitment,
    Secondment,
    StewardPolicy,
    StewardQuota,
    Street,
    StreetPermission,
    TrainingSession,
    Unit,
    UnitPermission,
    VideoGateway,
)
from .selectors.attention import LOOKS

SYSADMIN, SECADMIN = frozenset({Officer.SYSADMIN.value}), frozenset({Officer.SECADMIN.value})


@admin.register(District, Street, Community, Grid)
class DivisionAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "households", "population", "valid_from", "valid_to", "synthetic")
    search_fields = ("code", "name", "pinyin")
    exclude = ("boundary",)


@admin.register(GridNorm)
class GridNormAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("setting", "households_min", "households_max", "people_min", "people_max")


@admin.register(Unit)
class UnitAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "short_name", "kind", "level", "function", "presence", "vertical", "active")
    list_filter = ("kind", "level", "presence", "vertical", "active")
    search_fields = ("code", "name", "pinyin")


@admin.register(Membership)
class MembershipAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("user", "role", "post", "standing", "title", "unit", "grid", "starts_on", "ends_on")
    list_filter = ("role", "post")
    list_select_related = ("user", "unit", "grid")
    search_fields = ("user__username", "user__full_name", "unit__code", "grid__code")


@admin.register(AppointmentLine)
class AppointmentLineAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("list", "user", "role", "post", "unit", "grid", "starts_on", "state", "reason")
    list_filter = ("state", "role", "post")
    list_select_related = ("list", "user", "unit", "grid")
    search_fields = ("user__username", "user__full_name", "list__title")


@admin.register(Departure)
class DepartureAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("user", "leaves_on", "reason", "successor", "told_by", "told_at", "closed_at")
    list_select_related = ("user", "successor", "told_by")
    search_fields = ("user__username", "user__full_name")


@admin.register(Secondment)
class SecondmentAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("unit", "centre", "kind", "starts_on", "ends_on", "note")
    list_filter = ("kind",)
    list_select_related = ("unit", "centre")


@admin.register(EntrustedService)
class EntrustedServiceAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("unit", "entrusted_by", "matter", "year", "amount", "paid")
    list_filter = ("year",)
    list_select_related = ("unit", "entrusted_by")


@admin.register(DistrictPermission, StreetPermission, UnitPermission)
class GrantAdmin(OfficerAdmin):
    readers = SECADMIN
    list_display = ("user", "permission", "content_object")
    list_filter = ("permission",)
    list_select_related = ("user", "permission", "content_object")
    search_fields = ("user__username", "user__full_name")


@admin.register(ElementType)
class ElementTypeAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "layer", "sensitive", "key", "active")
    list_filter = ("layer", "sensitive", "active")
    search_fields = ("code", "name", "pinyin")


@admin.register(Element)
class ElementAdmin(OfficerAdmin):
    """People who need attention are in another table, which no officer reads."""

    readers = SYSADMIN
    list_display = ("code", "name", "type", "grid", "key", "active")
    list_filter = ("type", "key", "active")
    list_select_related = ("type", "grid")
    search_fields = ("code", "name")
    exclude = ("search",)
    show_full_result_count = False


@admin.register(VideoGateway)
class VideoGatewayAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "kind", "template", "active")


@admin.register(Camera)
class CameraAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "gateway", "grid", "state", "checked_at", "active")
    list_filter = ("gateway", "state", "active")
    list_select_related = ("gateway", "grid")
    search_fields = ("code", "name", "pinyin")


@admin.register(AttentionLook)
class AttentionLookAdmin(AuditEntryAdmin):
    """Who looked at which of the people who need attention, when and why."""

    list_display = ("moment", "actor", "action_named", "object_label", "reason")
    list_filter = ("action", "at")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[AttentionLook]:
        return super().get_queryset(request).filter(action__in=LOOKS)

    @admin.display(description=_("事由或编号"))
    def reason(self, entry: AttentionLook) -> str:
        return str(entry.detail.get("reason") or "、".join(entry.detail.get("codes", ())))


@admin.register(Course)
class CourseAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("code", "name", "hours", "valid_months", "active")
    list_filter = ("active",)
    search_fields = ("code", "name", "pinyin")


@admin.register(CourseRequirement)
class CourseRequirementAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("course", "role", "post", "since")
    list_select_related = ("course",)


@admin.register(TrainingSession)
class TrainingSessionAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("course", "held_on", "place", "teacher")
    list_select_related = ("course",)


@admin.register(StewardPolicy)
class StewardPolicyAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("district", "households_each", "notice_days", "pass_score", "monthly_allowance")
    list_select_related = ("district",)


@admin.register(StewardQuota)
class StewardQuotaAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("community", "places", "reason")
    list_select_related = ("community",)


@admin.register(Recruitment)
class RecruitmentAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("title", "community", "places", "opens_on", "closes_on")
    list_select_related = ("community",)


@admin.register(PublicNotice)
class PublicNoticeAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("title", "days", "starts_at", "ends_at", "ended_at")


@admin.register(AllowanceBudget)
class AllowanceBudgetAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("community", "year", "planned")
    list_filter = ("year",)
    list_select_related = ("community",)


@admin.register(GroundPlan)
class GroundPlanAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("title", "state", "effective_on", "drafted_by", "decided_by", "in_force_at", "trouble")
    list_filter = ("state",)
    list_select_related = ("drafted_by", "decided_by")
    search_fields = ("title",)


@admin.register(GridVersion)
class GridVersionAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("grid", "name", "kind", "valid_from", "valid_to", "plan")
    list_select_related = ("grid", "plan")
    search_fields = ("grid__code", "name")
    exclude = ("boundary",)


@admin.register(PlanStep)
class PlanStepAdmin(OfficerAdmin):
    readers = SYSADMIN
    list_display = ("plan", "number", "act", "by", "at", "undone_at")
    list_filter = ("act",)
    list_select_related = ("plan", "by")
    exclude = ("before", "outlines")

"""Lists for the system administrator to read. The admin never writes state: services do."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import OfficerAdmin
from accounts.models import Officer
from catalogue.models import (
    CalendarDay,
    CalendarDraft,
    CalendarRecomputation,
    Category,
    DeadlineDraft,
    DeadlineRule,
    Responsibility,
    ResponsibilityProposal,
    ResponsibilityVersion,
    TaskAdmission,
    WorkCalendar,
)


class CatalogueAdmin(OfficerAdmin):
    readers = frozenset({Officer.SYSADMIN.value})


class DayInline(admin.TabularInline[CalendarDay, WorkCalendar]):
    model = CalendarDay
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The days of a calendar are seen by whoever sees the calendar; nobody holds rights to add or change them."""
        return True


@admin.register(Category)
class CategoryAdmin(CatalogueAdmin):
    list_display = (
        "code",
        "name",
        "parent",
        "urgency",
        "deadline_class",
        "vertical",
        "evidence_required",
        "illustrative",
    )
    list_filter = ("level", "urgency", "vertical", "illustrative")
    list_select_related = ("parent",)
    search_fields = ("code", "name", "pinyin")


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(CatalogueAdmin):
    list_display = (
        "stage", "urgency", "level", "deadline_class", "category", "source",
        "amount", "unit", "around_the_clock", "valid_from", "valid_to",
    )  # fmt: skip
    list_filter = ("stage", "urgency", "level")
    list_select_related = ("category",)


@admin.register(WorkCalendar)
class WorkCalendarAdmin(CatalogueAdmin):
    list_display = ("version", "name", "known_from", "known_until", "published_by", "published_at")
    list_select_related = ("published_by",)
    inlines = (DayInline,)


@admin.register(CalendarRecomputation)
class CalendarRecomputationAdmin(CatalogueAdmin):
    list_display = (
        "id",
        "previous",
        "calendar",
        "changed_from",
        "changed_until",
        "state",
        "proposed_by",
        "approved_by",
    )
    list_select_related = ("previous", "calendar", "proposed_by", "approved_by")


@admin.register(ResponsibilityProposal)
class ResponsibilityProposalAdmin(CatalogueAdmin):
    list_display = ("order_number", "category", "street", "unit", "state", "decided_by", "decided_at")
    list_filter = ("state",)
    list_select_related = ("category", "street", "unit", "decided_by")


@admin.register(ResponsibilityVersion)
class ResponsibilityVersionAdmin(CatalogueAdmin):
    list_display = ("number", "name", "state", "effective_from", "drafted_by", "decided_by", "decided_at")
    list_filter = ("state", "synthetic")
    list_select_related = ("drafted_by", "decided_by")


@admin.register(Responsibility)
class ResponsibilityAdmin(CatalogueAdmin):
    list_display = (
        "code", "name", "version", "domain", "category", "level", "area", "street", "lead_unit", "lead_function",
    )  # fmt: skip
    list_filter = ("version", "domain", "level", "area")
    list_select_related = ("version", "category", "street", "lead_unit")
    search_fields = ("code", "name", "category__name", "category__pinyin")


class DraftedAdmin(CatalogueAdmin):
    list_display = ("name", "state", "drafted_by", "drafted_at", "decided_by", "decided_at")
    list_filter = ("state",)
    list_select_related = ("drafted_by", "decided_by")


admin.site.register(DeadlineDraft, DraftedAdmin)
admin.site.register(CalendarDraft, DraftedAdmin)


@admin.register(TaskAdmission)
class TaskAdmissionAdmin(CatalogueAdmin):
    list_display = ("number", "name", "unit", "state", "budget_yuan", "category", "submitted_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("unit", "category")

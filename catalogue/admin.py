"""Lists to read. The admin never writes state: services do."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalogue.models import (
    CalendarDay,
    CalendarRecomputation,
    Category,
    DeadlineRule,
    ResponsibilityProposal,
    WorkCalendar,
)


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DayInline(ReadOnly, admin.TabularInline[CalendarDay, WorkCalendar]):
    model = CalendarDay
    extra = 0


@admin.register(Category)
class CategoryAdmin(ReadOnly, admin.ModelAdmin[Category]):
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
class DeadlineRuleAdmin(ReadOnly, admin.ModelAdmin[DeadlineRule]):
    list_display = (
        "stage", "urgency", "level", "deadline_class", "category", "source",
        "amount", "unit", "around_the_clock", "valid_from", "valid_to",
    )  # fmt: skip
    list_filter = ("stage", "urgency", "level")
    list_select_related = ("category",)


@admin.register(WorkCalendar)
class WorkCalendarAdmin(ReadOnly, admin.ModelAdmin[WorkCalendar]):
    list_display = ("version", "name", "known_from", "known_until", "published_by", "published_at")
    list_select_related = ("published_by",)
    inlines = (DayInline,)


@admin.register(CalendarRecomputation)
class CalendarRecomputationAdmin(ReadOnly, admin.ModelAdmin[CalendarRecomputation]):
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
class ResponsibilityProposalAdmin(ReadOnly, admin.ModelAdmin[ResponsibilityProposal]):
    list_display = ("order_number", "category", "street", "unit", "state", "decided_by", "decided_at")
    list_filter = ("state",)
    list_select_related = ("category", "street", "unit", "decided_by")

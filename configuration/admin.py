"""Proofs of the configuration for the system administrator to read."""

from __future__ import annotations

from django.contrib import admin

from catalogue.admin import CatalogueAdmin
from configuration.models import PreflightRun


@admin.register(PreflightRun)
class PreflightRunAdmin(CatalogueAdmin):
    list_display = ("id", "ran_at", "nightly", "ran_by", "pairs", "critical", "milliseconds")
    list_filter = ("nightly",)
    list_select_related = ("ran_by",)

"""Drafts of deadlines and what they would do."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from catalogue.models import DeadlineChange, DeadlineDraft
from lianqin.kernel.drafts import DraftState


def deadline_drafts() -> QuerySet[DeadlineDraft]:
    """Return the drafts, newest first, with who drafted and decided, and how many lines each has (``lines``)."""
    found = DeadlineDraft.objects.select_related("drafted_by", "decided_by")
    return found.annotate(lines=Count("changes")).order_by("-id")


def changes_of(draft: DeadlineDraft) -> list[DeadlineChange]:
    """Return the lines of a draft in the order of the stages. One query."""
    return list(draft.changes.select_related("category").order_by("stage", "id"))


def rival_changes(draft: DeadlineDraft) -> dict[tuple[object, ...], str]:
    """Return the conditions that other submitted drafts touch, with the name of the draft. One query."""
    rows = DeadlineChange.objects.filter(draft__state=DraftState.SUBMITTED).exclude(draft=draft)
    columns = ("stage", "category_id", "deadline_class", "source", "urgency", "level", "draft__name")
    return {row[:-1]: row[-1] for row in rows.values_list(*columns)}

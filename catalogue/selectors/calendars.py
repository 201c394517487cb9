"""What waits for a second person."""

from __future__ import annotations

from catalogue.models import CalendarRecomputation, RecomputationState


def open_recomputations() -> list[CalendarRecomputation]:
    """Return the offers that wait for a second person, newest first, with both calendars and who proposed."""
    waiting = CalendarRecomputation.objects.filter(state=RecomputationState.PROPOSED)
    return list(waiting.select_related("calendar", "previous", "proposed_by"))

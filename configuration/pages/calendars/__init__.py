"""Work calendars: the year in force, drafts of the next version, and the recomputation of open orders."""

from configuration.pages.calendars.draft import CalendarDraftPage, NewCalendarDraft
from configuration.pages.calendars.published import CalendarDrafts, Calendars
from configuration.pages.calendars.recomputations import Recomputations

__all__ = ["CalendarDraftPage", "CalendarDrafts", "Calendars", "NewCalendarDraft", "Recomputations"]

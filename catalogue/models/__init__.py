from catalogue.models.calendars import CalendarDay, CalendarRecomputation, RecomputationState, WorkCalendar
from catalogue.models.categories import Category, ProposalState, ResponsibilityProposal
from catalogue.models.deadlines import DeadlineRule
from catalogue.models.revisions import Revision

__all__ = [
    "CalendarDay",
    "CalendarRecomputation",
    "Category",
    "DeadlineRule",
    "ProposalState",
    "RecomputationState",
    "ResponsibilityProposal",
    "Revision",
    "WorkCalendar",
]

from catalogue.models.admissions import AdmissionOpinion, AdmissionPaper, Frequency, TaskAdmission
from catalogue.models.calendars import (
    CalendarDay,
    CalendarDraft,
    CalendarDraftDay,
    CalendarRecomputation,
    RecomputationState,
    WorkCalendar,
)
from catalogue.models.categories import Category, ProposalState, ResponsibilityProposal
from catalogue.models.deadlines import DeadlineChange, DeadlineDraft, DeadlineRule
from catalogue.models.responsibilities import Responsibility, ResponsibilityVersion
from catalogue.models.revisions import Revision

__all__ = [
    "AdmissionOpinion",
    "AdmissionPaper",
    "CalendarDay",
    "CalendarDraft",
    "CalendarDraftDay",
    "CalendarRecomputation",
    "Category",
    "DeadlineChange",
    "DeadlineDraft",
    "DeadlineRule",
    "Frequency",
    "ProposalState",
    "RecomputationState",
    "Responsibility",
    "ResponsibilityProposal",
    "ResponsibilityVersion",
    "Revision",
    "TaskAdmission",
    "WorkCalendar",
]

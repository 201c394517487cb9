from catalogue.calendars import DayPlan
from catalogue.services.calendars import publish_calendar
from catalogue.services.categories import change_matter, create_matter, drop_matter
from catalogue.services.deadlines import change_deadline
from catalogue.services.recomputations import (
    approve_recomputation,
    mark_recomputation_applied,
    mark_recomputation_begun,
    propose_recomputation,
    refuse_recomputation,
)
from catalogue.services.responsibilities import (
    accept_responsibility,
    forget_reasons,
    propose_responsibility,
    refuse_responsibility,
)

__all__ = [
    "DayPlan",
    "accept_responsibility",
    "approve_recomputation",
    "change_deadline",
    "change_matter",
    "create_matter",
    "drop_matter",
    "forget_reasons",
    "mark_recomputation_applied",
    "mark_recomputation_begun",
    "propose_recomputation",
    "propose_responsibility",
    "publish_calendar",
    "refuse_recomputation",
    "refuse_responsibility",
]

from catalogue.services.calendars import (
    DayPlan,
    approve_recomputation,
    mark_recomputation_applied,
    propose_recomputation,
    publish_calendar,
    refuse_recomputation,
)
from catalogue.services.deadlines import change_deadline
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
    "forget_reasons",
    "mark_recomputation_applied",
    "propose_recomputation",
    "propose_responsibility",
    "publish_calendar",
    "refuse_recomputation",
    "refuse_responsibility",
]

"""Writes of insight, one verb each."""

from insight.services.booking import book, fold
from insight.services.comparing import Difference, cohorts, differences, rebuild
from insight.services.reading import take_readings
from insight.services.reconciling import reconcile, reconcile_if_due

__all__ = [
    "Difference",
    "book",
    "cohorts",
    "differences",
    "fold",
    "rebuild",
    "reconcile",
    "reconcile_if_due",
    "take_readings",
]

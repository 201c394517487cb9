"""Writes: every change of an order goes through ``advance``, ``decide`` or ``report``, or through the sweep."""

from workorders.services.auditor import audit
from workorders.services.deciding import register_and_dispatch
from workorders.services.door import advance, decide
from workorders.services.intake import report, report_handled
from workorders.services.sweep import fire, sweep

__all__ = ["advance", "audit", "decide", "fire", "register_and_dispatch", "report", "report_handled", "sweep"]

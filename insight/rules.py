"""What is counted: a measure is a condition on one event, read beside the order as it was before and after. Pure.

An event is booked on its local day, where the order lies, under its source and category, all of it by the state at that
event. What was booked stays: an order that moves on takes nothing along, it leaves one cell (``moved_out``,
``reclassified_out``) and arrives in the next. So the orders of a cell are ``reported + moved_in - moved_out``, the open
ones ``... - ended + revived``; ``closed - reopened`` is what stayed closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from workorders.states import OPEN, Level, Status

# An order's id is its month times this, plus a number: a cohort is the orders of a month, and a partition of history.
COHORT = 10**9
CONSUMER = "insight.rollups"
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Measure:
    """``condition`` is SQL over a judged event (services.counting); ``seconds``, if given, is added instead of one.

    ``leaving``: booked where the order was before the event, not where it is after it.
    """

    name: str
    condition: str
    meaning: str
    seconds: str = ""
    leaving: bool = False


def _enters(status: str) -> str:
    return f"status = '{status}' AND was_status IS DISTINCT FROM '{status}'"


_OPEN = ", ".join(f"'{status}'" for status in OPEN)
_CLOSED = _enters(Status.CLOSED)
_REGISTERED = "registered_at IS NOT NULL AND was_registered_at IS NULL"
_RISES = f"was_level = '{Level.STREET}' AND level = '{Level.DISTRICT}'"
# The lead leaves the order. What nobody signed for in time says nothing of whose it was.
_SENT_BACK = (
    "kind = 'return_assignment' AND NOT by_machine "
    f"AND status = '{Status.REGISTERED}' AND was_status IN ('{Status.DISPATCHED}', '{Status.HANDLING}')"
)
_SINCE_REPORT = "extract(epoch FROM at - reported_at)"

MEASURES: tuple[Measure, ...] = (
    Measure("reported", "kind = 'report'", "reports taken in"),
    Measure("registered", _REGISTERED, "registrations"),
    Measure(
        "unregistered",
        "registered_at IS NULL AND was_registered_at IS NOT NULL",
        "registrations taken back by a relocation; there the order is registered again",
        leaving=True,
    ),
    Measure("declined", _enters(Status.DECLINED), "declined reports"),
    Measure("contested", "kind = 'contest'", "declined reports that the reporter contested"),
    Measure("dispatched", _enters(Status.DISPATCHED), "times an order was sent to a lead department"),
    Measure(
        "dispatched_by_rule",
        "kind = 'dispatch' AND followed IS NOT NULL",
        "of these, with a suggestion: a line of the responsibility list, or an arbitration, applied",
    ),
    Measure("followed", "kind = 'dispatch' AND followed", "of these, sent to the suggested department"),
    Measure("corrected", "kind = 'dispatch' AND NOT followed", "of these, sent to another department"),
    Measure("misdispatched", _SENT_BACK, "lead departments that returned the order as not theirs; see `upheld`"),
    Measure("upheld", "kind = 'arbitrate' AND upheld", "arbitrations that gave the order to one that had returned it"),
    Measure("returned", "kind = 'return_assignment'", "parts returned by departments, or taken back unsigned"),
    Measure("submitted", _enters(Status.SUBMITTED), "results handed in"),
    Measure("submitted_late", "submits AND submits_late", "results handed in after the due of the order"),
    Measure("reworked", "kind = 'rework'", "failed checks"),
    Measure("on_site", "kind = 'handle_on_site'", "orders settled on the spot"),
    Measure("escalated", _RISES, "times an order rose from a street to the district"),
    Measure("timed_out", f"by_machine AND {_RISES}", "of these, by the clock"),
    Measure(
        "first_escalated",
        f"was_highest_level = '{Level.STREET}' AND highest_level = '{Level.DISTRICT}'",
        "orders that rose for the first time",
    ),
    Measure("handed_down", "kind = 'hand_down'", "orders handed down to a street"),
    Measure("supervised", "kind = 'supervised'", "steps of supervision"),
    Measure("extended", "kind = 'extend'", "extensions approved"),
    Measure("shelved", _enters(Status.SHELVED), "orders shelved"),
    Measure("merged", _enters(Status.MERGED), "orders merged into another"),
    Measure("voided", _enters(Status.VOIDED), "orders voided or withdrawn"),
    Measure("closed", _CLOSED, "closings; an order that was reopened is closed again"),
    Measure("closed_at_street", f"level = '{Level.STREET}' AND {_CLOSED}", "of these, at the street"),
    Measure("closed_at_district", f"level = '{Level.DISTRICT}' AND {_CLOSED}", "of these, at the district"),
    Measure(
        "closed_first_level",
        f"highest_level = '{Level.STREET}' AND {_CLOSED}",
        "closings of orders that never reached the district",
    ),
    Measure("closed_on_site", f"on_site AND {_CLOSED}", "closings of what was settled on the spot"),
    Measure(
        "closed_by_enforcement",
        f"NOT on_site AND led_by_enforcement AND {_CLOSED}",
        "closings whose last lead was a department that enforces the law",
    ),
    Measure("closed_late", f"result_was_late AND {_CLOSED}", "closings whose result was handed in after the due"),
    Measure("reopened", "kind = 'reopen'", "closed orders taken up again"),
    Measure("reached", "kind = 'callback' AND reached", "call-backs that reached the reporter"),
    Measure("satisfied", "kind = 'callback' AND satisfied", "of these, satisfied"),
    Measure("ended", f"was_status IN ({_OPEN}) AND status NOT IN ({_OPEN})", "orders that ended in any way"),
    Measure(
        "revived",
        f"was_status NOT IN ({_OPEN}) AND status IN ({_OPEN})",
        "ended orders that are open again",
        leaving=True,
    ),
    Measure("moved_in", "moves", "orders that came from another place"),
    Measure("moved_out", "moves", "orders that went to another place", leaving=True),
    Measure("reclassified_in", "reclassifies", "orders that came from another category, or from none"),
    Measure("reclassified_out", "reclassifies", "orders that went to another category", leaving=True),
    Measure("registered_seconds", _REGISTERED, "from report to registration, summed over `registered`", _SINCE_REPORT),
    Measure("submitted_seconds", "submits", "from report to result, summed over `submitted`", _SINCE_REPORT),
    Measure("closed_seconds", _CLOSED, "from report to closing, summed over `closed`", _SINCE_REPORT),
)
NAMES: tuple[str, ...] = tuple(measure.name for measure in MEASURES)
COUNTS: tuple[str, ...] = tuple(measure.name for measure in MEASURES if not measure.seconds)

# Events that no measure counts, whatever the order: their messages need no look at the history.
SILENT: frozenset[str] = frozenset(
    (
        *("acknowledge", "adjust", "answered", "arbitration_raised", "assign_worker", "attach", "callback_missed"),
        *("claim", "comment", "contest_return", "credited", "erased", "merged_in", "pass_up", "recomputed", "reminded"),
        *("request", "request_refused", "warned", "whistled", "arrived", "no_show"),
    )
)

# A row of the rollups belongs to one dimension: each adds up to the whole, so that a sum reads one of them only.
ALL, SOURCE, CATEGORY = "all", "source", "category"
DAY, MONTH = "day", "month"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``since`` up to, not including, ``until``, to be read from rows of one grain."""

    grain: str
    since: dt.date
    until: dt.date


def next_month(day: dt.date) -> dt.date:
    """The first of the month after ``day``."""
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def spans(since: dt.date, until: dt.date) -> Iterator[Span]:
    """Cover ``since`` up to, not including, ``until`` with whole months and the days at both ends."""
    first = since if since.day == 1 else next_month(since)
    last = until.replace(day=1)
    if first >= last:
        yield Span(DAY, since, until)
        return
    for span in (Span(DAY, since, first), Span(MONTH, first, last), Span(DAY, last, until)):
        if span.since < span.until:
            yield span

"""The state machine, typed out: no row, no move. The specification is the page STATES of the design; see ADR on it.

``needs`` names what must hold for the row, beyond the status. The door (services.door) looks rows up here, and
the rules of each need stand in ``rules.needs``. Rows of one action, status and level differ by a deciding need.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# One word, one place: levels and stages are the catalogue's, whose deadlines are named by them.
from catalogue.rules import Level as Level
from catalogue.rules import Stage as Stage


class Status(TextChoices):
    REPORTED = "reported", _("待受理")
    REGISTERED = "registered", _("待派遣")
    DISPATCHED = "dispatched", _("待签收")
    HANDLING = "handling", _("处置中")
    SUBMITTED = "submitted", _("待核查")
    SHELVED = "shelved", _("已挂账")
    CLOSED = "closed", _("已结案")
    DECLINED = "declined", _("不予立案")
    MERGED = "merged", _("已并案")
    VOIDED = "voided", _("已作废")


OPEN = (
    Status.REPORTED,
    Status.REGISTERED,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.SUBMITTED,
    Status.SHELVED,
)
FINAL = (Status.CLOSED, Status.DECLINED, Status.MERGED, Status.VOIDED)
LEVELS = (Level.STREET, Level.DISTRICT)


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed move. ``source`` and ``level`` are ``None`` for an order that does not exist yet."""

    action: str
    source: str | None
    level: str | None
    target: str
    target_level: str
    permission: str
    needs: tuple[str, ...] = ()


# What needs approval is asked for by the holder of ``permission`` and done by the approver of the request.
SECOND_PERSON = "second_person"
ONE_LEVEL_UP = "one_level_up"
APPROVALS = frozenset({SECOND_PERSON, ONE_LEVEL_UP})

T = Transition
S, D = Level.STREET, Level.DISTRICT
REPORTED, REGISTERED, DISPATCHED = Status.REPORTED, Status.REGISTERED, Status.DISPATCHED
HANDLING, SUBMITTED, SHELVED, CLOSED = Status.HANDLING, Status.SUBMITTED, Status.SHELVED, Status.CLOSED


def _same(action: str, sources: tuple[Status, ...], permission: str, *needs: str) -> tuple[Transition, ...]:
    """Rows that move nothing but what the action itself is about, at both levels."""
    return tuple(T(action, s, level, s, level, permission, needs) for level in LEVELS for s in sources)


def _move(
    action: str, sources: tuple[Status, ...], target: Status, permission: str, *needs: str
) -> tuple[Transition, ...]:
    """Rows to one status that keep the level, at both levels."""
    return tuple(T(action, s, level, target, level, permission, needs) for level in LEVELS for s in sources)


TRANSITIONS: tuple[Transition, ...] = (
    # In through the door. What was handled on the spot comes in by both rows, in one transaction.
    T("report", None, None, REPORTED, S, "reporting"),
    # Before registration.
    T("claim", REPORTED, S, REPORTED, S, "workstation", ("unclaimed", "place")),
    T("assign_worker", REPORTED, S, REPORTED, S, "workstation", ("claimed",)),
    T("pass_up", REPORTED, S, REPORTED, S, "workstation", ("claimed",)),
    T("place", REPORTED, S, REPORTED, S, "holder", ("unplaced",)),
    T("place", REPORTED, D, REPORTED, D, "holder", ("unplaced",)),
    T("relocate", REPORTED, S, REPORTED, S, "registrar", ("place", "first_relocation")),
    T("relocate", REPORTED, S, REPORTED, D, "registrar", ("place", "second_relocation")),
    T("relocate", REGISTERED, S, REPORTED, S, "registrar", ("place", "first_relocation")),
    T("relocate", REGISTERED, S, REPORTED, D, "registrar", ("place", "second_relocation")),
    *(T("relocate", s, D, s, D, "registrar", ("place",)) for s in (REPORTED, REGISTERED)),
    *_move("register", (REPORTED,), REGISTERED, "registrar", "category", "place", "conditions"),
    T(
        "register_to_district",
        REPORTED,
        S,
        REGISTERED,
        D,
        "registrar",
        ("category", "place", "conditions", "district_grounds"),
    ),
    *_move("decline", (REPORTED,), Status.DECLINED, "registrar", SECOND_PERSON),
    *(T("contest", Status.DECLINED, level, REPORTED, D, "reporter", ("contestable",)) for level in LEVELS),
    T("handle_on_site", REPORTED, S, SUBMITTED, S, "on_site", ("category", "place")),
    # Registered and in work.
    *_same("reclassify", (REGISTERED, DISPATCHED, HANDLING), "registrar", "category"),
    *_move("merge", (REPORTED, REGISTERED, DISPATCHED, HANDLING), Status.MERGED, "registrar", "master"),
    *_move("dispatch", (REGISTERED,), DISPATCHED, "dispatcher", "no_arbitration"),
    *_same("adjust", (DISPATCHED, HANDLING), "dispatcher"),
    *_move("acknowledge", (DISPATCHED,), HANDLING, "department", "pending", "lead"),
    *_same("acknowledge", (REGISTERED, DISPATCHED, HANDLING), "department", "pending", "assist"),
    *_move("return_assignment", (DISPATCHED, HANDLING), REGISTERED, "department", "live", "lead", "returnable"),
    *_same("return_assignment", (REGISTERED, DISPATCHED), "department", "live", "assist", "returnable"),
    *_same("return_assignment", (HANDLING,), "department", "live", "assist", "returnable", "not_last"),
    # Everybody else is done: nobody is left to wait for.
    *_move("return_assignment", (HANDLING,), SUBMITTED, "department", "live", "assist", "returnable", "last"),
    *_same("contest_return", (REGISTERED,), "dispatcher", "returned_lead", "no_arbitration"),
    *_move("arbitrate", (REGISTERED,), DISPATCHED, "arbiter", "arbitration", "uninvolved"),
    *_move("submit_result", (HANDLING,), SUBMITTED, "department", "acknowledged", "last"),
    *_same("submit_result", (HANDLING,), "department", "acknowledged", "not_last"),
    *_same("submit_result", (REGISTERED, DISPATCHED), "department", "acknowledged", "assist"),
    *_move("override", (HANDLING,), SUBMITTED, "lead_or_centre", "live", "assist", "last"),
    *_same("override", (HANDLING,), "lead_or_centre", "live", "assist", "not_last"),
    *_same("override", (REGISTERED, DISPATCHED), "lead_or_centre", "live", "assist"),
    # Checked.
    *_move("verify", (SUBMITTED,), CLOSED, "checker", "independent", "evidence"),
    *_move("rework", (SUBMITTED,), HANDLING, "checker", "independent", "dispatched_work", "rework_here"),
    T("rework", SUBMITTED, S, REGISTERED, D, "checker", ("independent", "dispatched_work", "second_failure")),
    T("rework", SUBMITTED, S, REGISTERED, S, "checker", ("independent", "on_site_work")),
    # Between the levels.
    T("escalate", REPORTED, S, REPORTED, D, "dispatcher"),
    *(T("escalate", s, S, REGISTERED, D, "dispatcher") for s in (REGISTERED, DISPATCHED, HANDLING, SUBMITTED, SHELVED)),
    T("hand_down", REGISTERED, D, REGISTERED, S, "dispatcher", ("place", "may_hand_down", "no_arbitration")),
    # Requests, pauses, ends.
    *_same("extend", (REGISTERED, DISPATCHED, HANDLING), "department_or_centre", "first_extension", ONE_LEVEL_UP),
    *_move("shelve", (REGISTERED, HANDLING), SHELVED, "dispatcher", "may_shelve", "no_arbitration", ONE_LEVEL_UP),
    *_move("resume", (SHELVED,), REGISTERED, "dispatcher"),
    *_move("void", OPEN, Status.VOIDED, "registrar", SECOND_PERSON),
    *_move("withdraw", (REPORTED,), Status.VOIDED, "reporter"),
    *_move("withdraw", (REGISTERED,), Status.VOIDED, "reporter", "from_outside"),
    T("reopen", CLOSED, S, REGISTERED, S, "reopener", ("reporter_once", "first_reopening")),
    T("reopen", CLOSED, S, REGISTERED, D, "reopener", ("reporter_once", "further_reopening")),
    T("reopen", CLOSED, D, REGISTERED, D, "reopener", ("reporter_once",)),
    *_same("callback", (CLOSED,), "checker", "callback_open"),
    # A master that is declined or voided lets its orders go again; nobody asks for it by name.
    *_move("unmerge", (Status.MERGED,), REGISTERED, "machine"),
    # The ground was divided anew: the order lies in the grid that its point now lies in. Nobody asks for it by name.
    *_same("regrid", OPEN, "machine"),
    # These two change no state.
    *_same("comment", tuple(Status), "viewer"),
    *_same("attach", OPEN, "viewer"),
)

_BY_CELL: dict[tuple[str, str | None, str | None], list[Transition]] = defaultdict(list)
for _row in TRANSITIONS:
    _BY_CELL[_row.action, _row.source, _row.level].append(_row)

ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(row.action for row in TRANSITIONS))
# Actions on one assignment or begun by a machine are not offered on the order itself.
ASSIGNMENT_ACTIONS = frozenset({"acknowledge", "return_assignment", "submit_result", "override"})
MACHINE_ACTIONS = frozenset({"unmerge", "regrid"})


def rows(action: str, status: str | None, level: str | None) -> tuple[Transition, ...]:
    """The rows of one cell of the table; none means that the move is not allowed."""
    return tuple(_BY_CELL.get((action, status, level), ()))


class Role(TextChoices):
    LEAD = "lead", _("主办")
    ASSIST = "assist", _("协办")


class AssignmentStatus(TextChoices):
    PENDING = "pending", _("待签收")
    ACKNOWLEDGED = "acknowledged", _("处置中")
    DONE = "done", _("已反馈")
    RETURNED = "returned", _("已退单")
    OVERRIDDEN = "overridden", _("主办代结")
    SUPERSEDED = "superseded", _("已被替代")
    REVOKED = "revoked", _("已撤销")


LIVE_ASSIGNMENT = (AssignmentStatus.PENDING, AssignmentStatus.ACKNOWLEDGED)
SETTLED_ASSIGNMENT = (AssignmentStatus.DONE, AssignmentStatus.OVERRIDDEN)


class RequestKind(TextChoices):
    DECLINE = "decline", _("不予立案")
    VOID = "void", _("作废")
    EXTENSION = "extension", _("延期")
    SHELVE = "shelve", _("挂账")
    ARBITRATION = "arbitration", _("仲裁")


class Outcome(TextChoices):
    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("同意")
    REFUSED = "refused", _("不同意")
    EXPIRED = "expired", _("逾期未批，视为不同意")
    OVERTAKEN = "overtaken", _("工单已变化，申请终止")


class Tier(TextChoices):
    """Who decides a request: the centre of the street, of the district, or the commander."""

    STREET = "street", _("街道指挥分中心")
    DISTRICT = "district", _("区联勤指挥中心")
    COMMANDER = "commander", _("区指挥长")


REQUEST_OF_ACTION = {
    "decline": RequestKind.DECLINE,
    "void": RequestKind.VOID,
    "extend": RequestKind.EXTENSION,
    "shelve": RequestKind.SHELVE,
}
ACTION_OF_REQUEST = {kind: action for action, kind in REQUEST_OF_ACTION.items()}


class TimerState(TextChoices):
    PENDING = "pending", _("计时中")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")


RUNNING = (TimerState.PENDING, TimerState.PAUSED)

# The clock that stands on the order's face, by status.
MAIN_STAGE = {
    Status.REPORTED: Stage.ACCEPT,
    Status.REGISTERED: Stage.RESOLVE,
    Status.DISPATCHED: Stage.RESOLVE,
    Status.HANDLING: Stage.RESOLVE,
    Status.SUBMITTED: Stage.VERIFY,
    Status.SHELVED: Stage.REVIEW,
}

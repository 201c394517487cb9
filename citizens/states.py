"""Five steps of a community's deliberation (五事工作法), typed out: no row, no move.

``who``: a resident of the community, the author, its workstation, the chair of the meeting. ``needs`` names what must
hold beside that; ``services.deliberation`` looks rows up here, and a trigger of the database knows the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MatterState(TextChoices):
    RAISED = "raised", _("提事")
    DISCUSSING = "discussing", _("议事")
    DECIDING = "deciding", _("定事")
    DOING = "doing", _("办事")
    REVIEWING = "reviewing", _("评事")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("不列入议事")
    WITHDRAWN = "withdrawn", _("已撤回")


STEPS = (
    MatterState.RAISED,
    MatterState.DISCUSSING,
    MatterState.DECIDING,
    MatterState.DOING,
    MatterState.REVIEWING,
)
ENDED = (MatterState.CLOSED, MatterState.DECLINED, MatterState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move. ``source`` is None for a matter that does not exist yet."""

    action: str
    source: str | None
    target: str
    who: str
    needs: tuple[str, ...] = ()


RESIDENT, AUTHOR, STATION, CHAIR = "resident", "author", "station", "chair"
M = MatterState
TABLE: tuple[Step, ...] = (
    Step("raise", None, M.RAISED, RESIDENT),
    Step("support", M.RAISED, M.RAISED, RESIDENT, ("not_author",)),
    Step("withdraw", M.RAISED, M.WITHDRAWN, AUTHOR),
    Step("decline", M.RAISED, M.DECLINED, STATION, ("words",)),
    Step("accept", M.RAISED, M.DISCUSSING, STATION, ("words",)),
    Step("opine", M.DISCUSSING, M.DISCUSSING, RESIDENT, ("words",)),
    Step("call_meeting", M.DISCUSSING, M.DISCUSSING, STATION, ("no_meeting",)),
    Step("propose", M.DISCUSSING, M.DISCUSSING, STATION, ("words",)),
    Step("write_minutes", M.DISCUSSING, M.DISCUSSING, STATION, ("meeting_held", "words")),
    Step("sign_minutes", M.DISCUSSING, M.DISCUSSING, CHAIR, ("minutes",)),
    Step("open_ballot", M.DISCUSSING, M.DECIDING, STATION, ("signed_minutes", "proposals")),
    Step("vote", M.DECIDING, M.DECIDING, RESIDENT, ("ballot_open",)),
    Step("discuss_again", M.DECIDING, M.DISCUSSING, STATION, ("ballot_over", "not_carried", "words")),
    Step("decide", M.DECIDING, M.DOING, STATION, ("ballot_over", "carried")),
    Step("progress", M.DOING, M.DOING, STATION, ("words",)),
    Step("finish", M.DOING, M.REVIEWING, STATION, ("words",)),
    Step("review", M.REVIEWING, M.REVIEWING, RESIDENT, ("review_open",)),
    Step("close", M.REVIEWING, M.CLOSED, STATION, ("review_over", "words")),
)
_ROWS = {(row.action, row.source): row for row in TABLE}


def step_of(action: str, source: str | None) -> Step | None:
    return _ROWS.get((action, source))


def actions_from(source: str) -> frozenset[str]:
    return frozenset(row.action for row in TABLE if row.source == source)

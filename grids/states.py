"""The way of a building steward, typed out: no row, no move. The door is ``services.advance_steward``.

``needs`` names what must hold for the row beyond the state; the rules of each need stand in ``services.steward_needs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StewardState(TextChoices):
    APPLIED = "applied", _("待审核")
    REVIEWED = "reviewed", _("待面试")
    INTERVIEWED = "interviewed", _("待公示")
    ON_NOTICE = "on_notice", _("公示中")
    TRAINING = "training", _("岗前培训")
    ON_DUTY = "on_duty", _("在岗")
    LEFT = "left", _("已卸任")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class By(StrEnum):
    """Who takes the step: the office that runs the stewards, or the clock."""

    OFFICE = "office"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move. ``source`` is ``None`` for a file that does not exist yet."""

    action: str
    source: str | None
    target: str
    by: By = By.OFFICE
    needs: tuple[str, ...] = ()


S = StewardState
IN_RECRUITMENT = (S.APPLIED, S.REVIEWED, S.INTERVIEWED, S.ON_NOTICE, S.TRAINING)
ENDED = (S.LEFT, S.REFUSED, S.WITHDRAWN)

STEPS: tuple[Step, ...] = (
    Step("apply", None, S.APPLIED, needs=("recruitment_open",)),
    Step("pass_review", S.APPLIED, S.REVIEWED),
    Step("refuse_review", S.APPLIED, S.REFUSED, needs=("reason",)),
    Step("pass_interview", S.REVIEWED, S.INTERVIEWED, needs=("score", "enough_score")),
    Step("refuse_interview", S.REVIEWED, S.REFUSED, needs=("score", "reason")),
    Step("publish", S.INTERVIEWED, S.ON_NOTICE, needs=("notice",)),
    Step("object", S.ON_NOTICE, S.ON_NOTICE, needs=("window_open", "reason")),
    Step("dismiss_objection", S.ON_NOTICE, S.ON_NOTICE, needs=("objection", "reason")),
    Step("uphold_objection", S.ON_NOTICE, S.REFUSED, needs=("objection", "reason")),
    Step("end_notice", S.ON_NOTICE, S.TRAINING, By.CLOCK, ("window_over", "no_open_objection")),
    Step("start_duty", S.TRAINING, S.ON_DUTY, needs=("trained", "place_free")),
    Step("refuse_training", S.TRAINING, S.REFUSED, needs=("reason",)),
    Step("assess", S.ON_DUTY, S.ON_DUTY, needs=("assessment",)),
    Step("assess", S.LEFT, S.LEFT, needs=("assessment",)),
    Step("leave", S.ON_DUTY, S.LEFT, needs=("reason",)),
    *(Step("withdraw", source, S.WITHDRAWN, needs=("reason",)) for source in IN_RECRUITMENT),
)
ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(step.action for step in STEPS))
_BY_MOVE = {(step.action, step.source): step for step in STEPS}


def step_for(action: str, source: str | None) -> Step | None:
    """The row that allows ``action`` from ``source``; ``None`` means that no row does."""
    return _BY_MOVE.get((action, source))


def steps_from(source: str) -> tuple[Step, ...]:
    """What the office may do from a state, in the order of the table."""
    return tuple(step for step in STEPS if step.source == source and step.by == By.OFFICE)

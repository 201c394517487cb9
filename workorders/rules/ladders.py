"""What happens as a clock runs: one ladder of steps per stage and level. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workorders.states import Level, Stage

MINUTE = 60.0
# The name of the step past the last one of a ladder that goes on every day.
DAILY = "daily"
# A machine that was late must still leave people this much of the whole time between two steps.
REST_SHARE = 0.05


class Effect(StrEnum):
    WARN = "warn"
    REMIND = "remind"
    ESCALATE = "escalate"
    SUPERVISE = "supervise"
    TAKE_BACK = "take_back"
    REFUSE = "refuse"
    RAISE = "raise"
    RESUME = "resume"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Step:
    """``share`` of the time after which it fires; 1.0 is the due moment."""

    name: str
    effect: Effect
    share: float
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """``daily`` is the effect that repeats every working day after the last step, so that nothing ends in silence."""

    steps: tuple[Step, ...]
    daily: Effect | None = None


HALF = Step("half", Effect.WARN, 0.5)
WARN = Step("warn", Effect.WARN, 0.8)
REMIND = Step("remind", Effect.REMIND, 1.0)


def _supervised(first: float, *before: Step) -> Ladder:
    tiers = (Step(f"supervise_{n}", Effect.SUPERVISE, first + (n - 1) * 0.25, n) for n in (1, 2, 3))
    return Ladder((*before, *tiers), Effect.SUPERVISE)


_ESCALATE = Step("due", Effect.ESCALATE, 1.0)
_ASKED = Step("remind", Effect.REMIND, 0.8)

LADDERS: Mapping[tuple[str, str], Ladder] = {
    (Stage.ACCEPT, Level.STREET): Ladder((WARN, _ESCALATE)),
    (Stage.ACCEPT, Level.DISTRICT): _supervised(1.0, WARN),
    (Stage.RESOLVE, Level.STREET): Ladder((HALF, WARN, _ESCALATE)),
    (Stage.RESOLVE, Level.DISTRICT): _supervised(1.0, HALF, WARN),
    (Stage.DISPATCH, Level.STREET): Ladder((WARN, _ESCALATE)),
    (Stage.DISPATCH, Level.DISTRICT): _supervised(1.0, WARN),
    **{(Stage.ACKNOWLEDGE, level): Ladder((REMIND, Step("take_back", Effect.TAKE_BACK, 1.5))) for level in Level},
    **{(Stage.HANDLE, level): Ladder((WARN, REMIND)) for level in Level},
    **{(Stage.VERIFY, level): _supervised(1.5, REMIND) for level in Level},
    **{(Stage.REVIEW, level): Ladder((_ASKED, Step("due", Effect.RESUME, 1.0))) for level in Level},
    **{(Stage.CALLBACK, level): Ladder((_ASKED, Step("due", Effect.UNREACHED, 1.0))) for level in Level},
}
DECIDE = Ladder((_ASKED, Step("due", Effect.REFUSE, 1.0)))
# An arbitration is never refused by silence: it goes up, and at the top it is supervised until somebody decides.
ARBITRATE = Ladder((_ASKED, Step("due", Effect.RAISE, 1.0)))
ARBITRATE_AT_TOP = _supervised(1.0, _ASKED)


def snapshot(ladder: Ladder, seconds: float, day_seconds: float, **policy: Any) -> dict[str, Any]:
    """Freeze a ladder over ``seconds`` of its clock: offsets and rests in the same seconds."""
    rest = max(MINUTE, seconds * REST_SHARE)
    return {
        "seconds": seconds,
        "steps": [
            {
                "name": step.name,
                "effect": str(step.effect),
                "offset": seconds * step.share,
                "rest": min(rest, seconds * 0.2) if step.share <= 1 else rest,
                "tier": step.tier,
            }
            for step in ladder.steps
        ],
        "daily": str(ladder.daily) if ladder.daily else "",
        "day_seconds": day_seconds,
        **policy,
    }


def step_at(policy: Mapping[str, Any], index: int) -> dict[str, Any] | None:
    """The step of that index; past the last one the daily one, or nothing."""
    steps = policy["steps"]
    if index < len(steps):
        found: dict[str, Any] = steps[index]
        return found
    if not policy["daily"]:
        return None
    days = index - len(steps) + 1
    day = policy["day_seconds"]
    last = steps[-1]
    return {
        "name": DAILY,
        "effect": policy["daily"],
        "offset": last["offset"] + days * day,
        "rest": day / 2,
        "tier": last["tier"],
    }

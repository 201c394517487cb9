"""What workers do for dispatch; the jobs themselves stand in the database."""

from __future__ import annotations

from celery import shared_task

from dispatch import services
from dispatch.services import trials, whistles

# A quarter's orders take minutes on a busy machine.
SOFT_LIMIT, HARD_LIMIT = 1800, 1900  # Seconds.


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def run_trial(trial_id: int) -> None:
    trials.run_trial(trial_id=trial_id)


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def resume_trials() -> None:
    """Begin again what a worker left when it died, or what nobody was woken for."""
    for trial_id in trials.left_alone():
        trials.run_trial(trial_id=trial_id)


@shared_task(ignore_result=True)
def sweep_rosters() -> None:
    """Tell of short shifts and of hand-overs nobody signed; end swaps and positions that outlived their time."""
    services.check_staffing()
    services.call_for_handovers()
    services.expire_swaps()
    services.erase_positions()


@shared_task(ignore_result=True)
def generate_shifts() -> None:
    """Write the shifts of the next fortnight."""
    services.generate_all()


@shared_task(ignore_result=True)
def sweep_replies() -> None:
    """Tell of replies to documents of supervision that are owed and not there."""
    services.sweep_replies()


@shared_task(ignore_result=True)
def sweep_summonses() -> None:
    """Remind those who are summoned and late, and note who did not come."""
    whistles.sweep_summonses()


@shared_task(ignore_result=True)
def send_waiting() -> int:
    """Queue the messages whose window or quiet hours are over."""
    return services.send_waiting()

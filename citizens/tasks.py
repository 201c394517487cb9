"""What workers do for citizens; each looks for what is due, so that a lost wake-up costs nothing but time."""

from __future__ import annotations

from celery import shared_task

from citizens.services import (
    api_keys,
    ballots,
    batches,
    door,
    draws,
    examining,
    open_data,
    points_keeping,
    quarantine,
    reading_training,
    reading_twins,
    redemptions,
    retention,
    sending,
    standing,
    volunteers,
)


@shared_task(ignore_result=True)
def send_returns() -> int:
    """Tell platforms what became of what they sent."""
    return sending.send_returns()


@shared_task(ignore_result=True)
def apply_batches() -> int:
    """Take in the spreadsheets that somebody let be taken in, for a while; the next tick goes on."""
    return batches.apply_batches()


@shared_task(ignore_result=True)
def purge_batches() -> int:
    """Forget spreadsheets that were looked through and never taken in."""
    return batches.purge_batches()


@shared_task(ignore_result=True)
def purge_nonces() -> int:
    """Forget nonces that are too old to be played again."""
    return door.purge_nonces()


@shared_task(ignore_result=True)
def examine_uploads() -> int:
    """Make files of public reports safe and keep them, for a while; the next tick goes on."""
    return examining.examine_waiting()


@shared_task(ignore_result=True)
def sweep_quarantine() -> int:
    """Delete files that came with reports that were never made."""
    return quarantine.sweep_quarantine()


# Learning from a year's orders takes minutes; a worker that reads on is left alone.
LEARNING_SOFT, LEARNING_HARD = 3600, 3700  # Seconds.


@shared_task(ignore_result=True, soft_time_limit=LEARNING_SOFT, time_limit=LEARNING_HARD)
def teach_readers() -> None:
    """Do the training that somebody asked for, or that a worker left."""
    reading_training.run_training()


@shared_task(ignore_result=True, soft_time_limit=LEARNING_SOFT, time_limit=LEARNING_HARD)
def teach_weekly() -> None:
    """Learn once more from all that staff has decided."""
    reading_training.open_training()
    reading_training.run_training()


@shared_task(ignore_result=True)
def purge_signatures() -> int:
    """Forget the words of orders that are too old to be anybody's twin."""
    return reading_twins.purge_signatures()


@shared_task(ignore_result=True)
def keep_retention() -> int:
    """Erase what was kept long enough; once a night, in batches, and on where it was cut off."""
    api_keys.expire_requests()
    return sum(retention.keep_retention().values())


@shared_task(ignore_result=True)
def draw_spot_checks() -> int:
    """Draw yesterday's spot checks of every street that has none yet."""
    return len(draws.draw_day(day=draws.yesterday()))


@shared_task(ignore_result=True)
def publish_months() -> int:
    """Publish the numbers of a month that is over."""
    return len(open_data.publish_months())


@shared_task(ignore_result=True)
def expire_vouchers() -> int:
    """Give back what nobody came for in time, the thing and the points."""
    return redemptions.expire_vouchers()


@shared_task(ignore_result=True)
def keep_points() -> None:
    """Let go points that are too old, and prove the books once a night."""
    points_keeping.expire_points()
    points_keeping.prove_nightly()


@shared_task(ignore_result=True)
def remind_volunteers() -> int:
    """Tell volunteers of tomorrow's evening; and end the terms of observers that are over."""
    standing.end_terms()
    return volunteers.remind_volunteers()


@shared_task(ignore_result=True)
def count_ballots() -> int:
    """Count the ballots whose time is over."""
    return ballots.count_due()

"""What workers do for citizens; each looks for what is due, so that a lost wake-up costs nothing but time."""

from __future__ import annotations

from celery import shared_task

from citizens.services import door, examining, quarantine, sending


@shared_task(ignore_result=True)
def send_returns() -> int:
    """Tell platforms what became of what they sent."""
    return sending.send_returns()


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

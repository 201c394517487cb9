"""What the ground does by itself, woken by the beat."""

from __future__ import annotations

from celery import shared_task

from . import services
from .services.attention import erase_attention
from .services.elements_in_bulk import relocate_elements


@shared_task(name="grids.tasks.close_departed", ignore_result=True)
def close_departed() -> None:
    """Shut the accounts of those who have left."""
    services.close_departed()


@shared_task(name="grids.tasks.take_effect", ignore_result=True)
def take_effect() -> None:
    """Let the re-divisions take effect whose day has come."""
    services.take_effect_when_due()


@shared_task(name="grids.tasks.end_steward_notices", ignore_result=True)
def end_steward_notices() -> None:
    """Let the candidates go on whose public notice is over."""
    services.end_notices()


@shared_task(name="grids.tasks.relocate", ignore_result=True)
def relocate() -> None:
    """Put what stands on the ground into its grids once more: what was written while boundaries moved."""
    relocate_elements()


@shared_task(name="grids.tasks.erase_retired", ignore_result=True)
def erase_retired() -> None:
    """Erase what was told about people who have needed no attention for long enough."""
    erase_attention()

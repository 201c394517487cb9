"""Rules of thanks that are in force."""

from __future__ import annotations

from citizens.models import Rulebook, Subject
from citizens.rules.tips import Kind, kinds_of


def rules_in_force(subject: Subject) -> Rulebook | None:
    """Nothing is given before the first of them was approved."""
    return Rulebook.objects.filter(subject=subject, version__isnull=False).order_by("-version").first()


def kinds_in_force() -> tuple[Kind, ...]:
    rules = rules_in_force(Subject.TIPS)
    return kinds_of(rules.contents) if rules else ()

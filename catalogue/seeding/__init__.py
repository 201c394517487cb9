"""Made-up content for demonstrations; all of it says so."""

from catalogue.seeding.responsibilities import seed_responsibilities
from catalogue.seeding.rules import seed_rules

__all__ = ["seed_responsibilities", "seed_rules"]

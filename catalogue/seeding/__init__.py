"""Made-up content for demonstrations; all of it says so."""

from catalogue.seeding.responsibilities import seed_responsibilities

__all__ = ["seed_responsibilities"]

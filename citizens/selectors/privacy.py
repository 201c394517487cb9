"""Notices in force, and who agreed to which."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from citizens.models import Consent, PrivacyNotice


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]


def notice_in_force() -> PrivacyNotice | None:
    return notices_in_force().first()


def notices_in_force() -> QuerySet[PrivacyNotice]:
    """Every version that is or was in force, newest first."""
    return PrivacyNotice.objects.filter(effective_at__isnull=False).order_by("-version")


def has_agreed(user_id: int, notice: PrivacyNotice) -> bool:
    return Consent.objects.filter(user_id=user_id, notice=notice, withdrawn_at=None).exists()


def has_agreed_to_any(user_id: int) -> bool:
    """Whether an earlier version is what they know; what they withdrew counts."""
    return Consent.objects.filter(user_id=user_id).exists()


def sections(text: str) -> tuple[Section, ...]:
    """Parted by empty lines; the first line of each is its heading."""
    blocks = [[line.strip() for line in block.splitlines() if line.strip()] for block in text.split("\n\n")]
    return tuple(Section(lines[0], tuple(lines[1:])) for lines in blocks if lines)

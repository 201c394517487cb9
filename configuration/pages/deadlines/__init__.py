"""How long each stage may take: the rules, which of them wins, what would be due when, and drafts of new ones."""

from configuration.pages.deadlines.draft import DeadlineDraftPage, EndRule, NewDeadlineDraft
from configuration.pages.deadlines.drafts import DeadlineDrafts
from configuration.pages.deadlines.matrix import Deadlines
from configuration.pages.deadlines.preview import DeadlinePreview

__all__ = ["DeadlineDraftPage", "DeadlineDrafts", "DeadlinePreview", "Deadlines", "EndRule", "NewDeadlineDraft"]

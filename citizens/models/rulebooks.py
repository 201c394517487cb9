"""What citizens are thanked for and how much: drafted by one, put in force by another, kept version by version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.drafts import Drafted, DraftState


class Subject(models.TextChoices):
    POINTS = "points", _("积分规则")
    TIPS = "tips", _("线索奖励规则")


class Rulebook(Drafted):
    """``contents`` is as citizens.rules.points or .tips describe it; the highest version of a subject is in force."""

    subject = models.CharField(_("内容"), max_length=6, choices=Subject)
    contents = models.JSONField(_("规则"))
    version = models.PositiveIntegerField(_("版本"), null=True)

    class Meta(Drafted.Meta):
        verbose_name = verbose_name_plural = _("奖励规则")
        ordering = ("-id",)
        constraints: ClassVar[Any] = (
            *Drafted.Meta.constraints,
            models.UniqueConstraint(fields=("subject", "version"), name="rulebook_version"),
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(state__in=(DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)),
                name="rulebook_one_open",
            ),
            models.CheckConstraint(
                condition=Q(version=None) | Q(state=DraftState.APPROVED), name="rulebook_in_force_is_approved"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_subject_display()} v{self.version or 0}"

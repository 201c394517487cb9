"""Ballots: who voted, and, apart from it, for what."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from citizens.models.deliberation import Matter

PERSON = settings.AUTH_USER_MODEL


class Proposal(models.Model):
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="proposals")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.CharField(_("方案"), max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = _("方案")
        ordering = ("round", "number")
        constraints = (models.UniqueConstraint(fields=("matter", "round", "number"), name="proposal_number_once"),)

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class BallotOutcome(models.TextChoices):
    CARRIED = "carried", _("通过")
    NOT_CARRIED = "not_carried", _("没有方案过半数")
    NO_QUORUM = "no_quorum", _("参加人数不足")


class Ballot(models.Model):
    """Its rules never change; counted once, by the clock. The result follows from the slips at any time."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="ballots")
    round = models.PositiveSmallIntegerField()
    secret = models.BooleanField(_("无记名"))
    quorum = models.PositiveIntegerField(_("至少多少人参加"))
    # Adult residents of the community when it was opened.
    eligible = models.PositiveIntegerField(_("有表决权的居民"))
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("截止"))
    counted_at = models.DateTimeField(_("计票时间"), null=True)
    counts = models.JSONField(_("票数"), default=dict)
    outcome = models.CharField(_("结果"), max_length=11, choices=BallotOutcome, blank=True)
    carried = models.ForeignKey(Proposal, models.PROTECT, verbose_name=_("通过的方案"), null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("表决")
        constraints = (
            models.UniqueConstraint(fields=("matter", "round"), name="ballot_of_round"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at"), quorum__gte=1), name="ballot_has_time"),
            models.CheckConstraint(
                condition=Q(counted_at=None, outcome="") | (Q(counted_at__isnull=False) & ~Q(outcome="")),
                name="ballot_counted",
            ),
            models.CheckConstraint(
                condition=Q(outcome="carried", carried__isnull=False) | (~Q(outcome="carried") & Q(carried=None)),
                name="ballot_carried",
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"


class Turnout(models.Model):
    """That somebody voted: one row each. No time is kept, by which a slip could be found."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="turnout")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("参加表决")
        constraints = (models.UniqueConstraint(fields=("ballot", "user"), name="turnout_once"),)

    def __str__(self) -> str:
        return f"{self.ballot_id}"


class Choice(models.TextChoices):
    FOR = "for", _("赞成")
    AGAINST = "against", _("都不赞成")
    ABSTAIN = "abstain", _("弃权")


class Slip(models.Model):
    """What was voted, under a random number that the voter alone is told. Whose it is stands there if it is open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="slips")
    choice = models.CharField(max_length=7, choices=Choice)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = verbose_name_plural = _("选票")
        constraints = (
            models.CheckConstraint(
                condition=Q(choice="for", proposal__isnull=False) | (~Q(choice="for") & Q(proposal=None)),
                name="slip_for_something",
            ),
            models.UniqueConstraint(fields=("ballot", "user"), condition=Q(user__isnull=False), name="slip_once"),
        )

    def __str__(self) -> str:
        return str(self.id)

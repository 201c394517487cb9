"""Who is answerable for what went wrong: always a unit, proposed by one person and decided by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dispatch.models.supervision import SupervisionOrder
from dispatch.rules.supervision import Measure


class Accountability(models.Model):
    """The substance of an accountability document; its number, addressee, deadline and replies are the document's."""

    document = models.OneToOneField(
        SupervisionOrder, models.PROTECT, primary_key=True, related_name="accountability", verbose_name=_("文书")
    )
    # The supervision that went unheeded; None where the commander proposed it without one.
    after = models.ForeignKey(
        SupervisionOrder, models.PROTECT, null=True, related_name="+", verbose_name=_("依据的督办单"), db_index=False
    )
    # While it does, nothing else is proposed after the same supervision; not once it was dismissed or revoked.
    stands = models.BooleanField(_("有效"), default=True)
    facts = models.TextField(_("事实"))
    opinion = models.TextField(_("建议意见"))
    measure = models.CharField(_("处理方式"), max_length=12, choices=Measure)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(_("提请时间"))
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.TextField(_("决定意见"), blank=True)
    appeal = models.TextField(_("申诉"), blank=True)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    appealed_at = models.DateTimeField(_("申诉时间"), null=True)
    appeal_until = models.DateTimeField(_("申诉期限"), null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField(_("复核时间"), null=True)
    review = models.TextField(_("复核意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("问责")
        constraints = (
            models.UniqueConstraint(fields=("after",), condition=Q(stands=True), name="accountability_once_after"),
            models.CheckConstraint(
                condition=Q(decider=None) | ~Q(decider=F("proposer")), name="accountability_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | (~Q(reviewer=F("decider")) & ~Q(reviewer=F("proposer"))),
                name="accountability_reviewed_by_a_third",
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.measure}"

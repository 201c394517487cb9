"""What residents raise: who supports it, what is said and written of it, what is decided and done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.states import MatterState
from grids.models import Community

PERSON = settings.AUTH_USER_MODEL


class Matter(models.Model):
    """Moved by ``services.deliberation`` alone; a trigger refuses a state that does not follow the one before."""

    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("社区"), related_name="+")
    author = models.ForeignKey(PERSON, models.PROTECT, verbose_name=_("提事人"), related_name="+")
    title = models.CharField(_("题目"), max_length=60)
    words = models.CharField(_("说明"), max_length=1000)
    state = models.CharField(_("进行到"), max_length=10, choices=MatterState, default=MatterState.RAISED)
    # Counts on when a ballot carried nothing and the matter is discussed again.
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)
    raised_at = models.DateTimeField(_("提出时间"))
    # What was decided: who sees to it, and until when.
    owner = models.CharField(_("责任人"), max_length=60, blank=True)
    due_on = models.DateField(_("完成期限"), null=True)
    done = models.CharField(_("办理结果"), max_length=1000, blank=True)
    review_until = models.DateTimeField(_("评事截止"), null=True)
    removed_at = models.DateTimeField(_("删除时间"), null=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("议事")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("doing", "reviewing", "closed")) | (~Q(owner="") & Q(due_on__isnull=False)),
                name="matter_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("reviewing", "closed")) | Q(review_until__isnull=False), name="matter_reviewed"
            ),
        )
        indexes = (models.Index(fields=("community", "-id"), name="matter_of_community"),)

    def __str__(self) -> str:
        return self.title


class MatterEvent(models.Model):
    """Append-only: each move in its order. Of a ballot it holds no line, nor who said what in a review."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    who = models.CharField(max_length=10)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # What staff gives for reasons and tells of progress; residents' words lie where they can be taken away.
    words = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("议事经过")
        constraints = (models.UniqueConstraint(fields=("matter", "seq"), name="matterevent_seq_once"),)

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.seq} {self.action}"


class Support(models.Model):
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="supports")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("附议")
        constraints = (models.UniqueConstraint(fields=("matter", "user"), name="support_once"),)

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.user_id}"


class Opinion(models.Model):
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="opinions")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    words = models.CharField(_("意见"), max_length=500)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("议事意见")
        indexes = (models.Index(fields=("matter", "-id"), name="opinion_of_matter"),)

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.pk}"


class Meeting(models.Model):
    """One for each round; its chair signs what was written of it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="meetings")
    round = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=100)
    chair = models.ForeignKey(PERSON, models.PROTECT, verbose_name=_("主持人"), related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("议事会")
        constraints = (models.UniqueConstraint(fields=("matter", "round"), name="meeting_of_round"),)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.starts_at:%Y-%m-%d}"


class MinutesRevision(models.Model):
    """Append-only. ``digest`` is SHA-256 of the text; later ones say why."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("纪要"), max_length=5000)
    why = models.CharField(_("修改原因"), max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("会议纪要")
        constraints = (
            models.UniqueConstraint(fields=("meeting", "number"), name="minutes_number_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="minutes_say_why"),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.number}"


class MinutesSignature(models.Model):
    """Append-only; by the chair alone (trigger)."""

    revision = models.OneToOneField(MinutesRevision, models.PROTECT, related_name="signature")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("纪要签字")

    def __str__(self) -> str:
        return f"{self.revision_id}"


class Review(models.Model):
    """Three questions, 1 to 5; solved is 1, 3 or 5."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="reviews")
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    solved = models.PositiveSmallIntegerField(_("办成了吗"))
    satisfied = models.PositiveSmallIntegerField(_("结果满意吗"))
    attitude = models.PositiveSmallIntegerField(_("态度怎么样"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("评事")
        constraints = (
            models.UniqueConstraint(fields=("matter", "user"), name="review_once"),
            models.CheckConstraint(
                condition=Q(solved__range=(1, 5), satisfied__range=(1, 5), attitude__range=(1, 5)), name="review_grades"
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.user_id}"

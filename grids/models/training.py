"""Courses, the posts that require them, and who passed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now

from .units import Post, Role

BUILDING_STEWARD = "building_steward"
# Whoever may be asked to pass a course: every role of staff, and the stewards, who need no account.
TRAINED_ROLES = [*Role.choices, (BUILDING_STEWARD, _("楼栋长"))]


class Course(models.Model):
    code = models.CharField(_("课程代码"), max_length=20, unique=True)
    name = models.CharField(_("课程名称"), max_length=80)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True)
    outline = models.TextField(_("内容提要"), blank=True)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    valid_months = models.PositiveSmallIntegerField(
        _("有效期(月)"), null=True, blank=True, help_text=_("留空为长期有效")
    )
    active = models.BooleanField(_("启用"), default=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("培训课程")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CourseRequirement(models.Model):
    """From ``since`` on nobody takes up the role (with that post, if one is named) without having passed the course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="requirements", verbose_name=_("课程"))
    role = models.CharField(_("角色"), max_length=20, choices=TRAINED_ROLES)
    post = models.CharField(_("岗位"), max_length=20, choices=Post.choices, blank=True)
    since = models.DateField(_("起始日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("上岗要求")
        ordering = ("course", "role", "post")
        constraints = (
            models.UniqueConstraint(fields=["course", "role", "post"], name="requirement_once"),
            models.CheckConstraint(
                condition=Q(post="") | Q(role="grid_worker"), name="requirement_post_of_grid_worker"
            ),
        )

    def __str__(self) -> str:
        return f"{self.course_id}:{self.role}{self.post}"

    @property
    def label(self) -> str:
        return str(self.get_post_display() if self.post else self.get_role_display())


class TrainingSession(models.Model):
    """One sitting of a course."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions", verbose_name=_("课程"))
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80)
    teacher = models.CharField(_("授课人"), max_length=40)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("培训场次")
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{self.course} {self.held_on:%Y-%m-%d}"


class TrainingRecord(models.Model):
    """What one person did in one course on one day. Valid through ``valid_until``; for ever without it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="training_records",
        verbose_name=_("人员"),
    )  # fmt: skip
    steward = models.ForeignKey(
        "grids.Steward",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="training_records",
        verbose_name=_("楼栋长"),
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="records", verbose_name=_("课程"))
    session = models.ForeignKey(
        TrainingSession, models.PROTECT, null=True, blank=True, related_name="records", verbose_name=_("场次")
    )
    held_on = models.DateField(_("培训日期"))
    passed = models.BooleanField(_("合格"))
    score = models.DecimalField(_("成绩"), max_digits=4, decimal_places=1, null=True, blank=True)
    certificate = models.CharField(_("证书编号"), max_length=40, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("培训记录")
        ordering = ("-held_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(user=None, steward__isnull=False) | Q(user__isnull=False, steward=None),
                name="record_of_one_person",
            ),
            models.CheckConstraint(condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="record_score"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("held_on")), name="record_valid_after_training"
            ),
            # The second of a person, a course and a day is a correction of the first.
            models.UniqueConstraint(
                fields=["user", "course", "held_on"], condition=Q(steward=None), name="record_of_user_once"
            ),
            models.UniqueConstraint(
                fields=["steward", "course", "held_on"], condition=Q(user=None), name="record_of_steward_once"
            ),
            models.UniqueConstraint(fields=["certificate"], condition=~Q(certificate=""), name="certificate_once"),
        )
        indexes = (
            # missing_courses() and the list of gaps: the best record of a person in a course.
            models.Index(fields=["course", "user", "-valid_until"], condition=Q(passed=True), name="record_valid"),
        )

    def __str__(self) -> str:
        return f"{self.user_id or self.steward_id}:{self.course_id} {self.held_on}"

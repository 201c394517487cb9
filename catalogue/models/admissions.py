"""The admission of a new kind of task (准入): before anybody must do it, somebody answers for it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalogue.models.categories import Category
from catalogue.rules import DeadlineClass, Urgency
from catalogue.states import AdmissionAction, AdmissionState
from lianqin.kernel.clock import Now


class Frequency(models.TextChoices):
    ONCE = "once", _("一次性")
    DAILY = "daily", _("每日")
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")
    YEARLY = "yearly", _("每年")
    AS_NEEDED = "as_needed", _("按需")


class TaskAdmission(models.Model):
    """What a department asks the grids to take on, with the law, the people and the money that come with it."""

    name = models.CharField(_("任务名称"), max_length=64)
    unit = models.ForeignKey("grids.Unit", models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    parent = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所属大类")
    )
    asked = models.TextField(_("需要街道、社区做什么"), max_length=2000, blank=True)
    legal_basis = models.TextField(_("法律、政策依据"), max_length=1000, blank=True)
    registration_conditions = models.JSONField(_("立案条件"), default=list, blank=True)
    closing_conditions = models.JSONField(_("结案条件"), default=list, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=16, choices=Urgency.choices, default=Urgency.NORMAL)
    deadline_class = models.CharField(
        _("时限类别"), max_length=16, choices=DeadlineClass.choices, default=DeadlineClass.STANDARD
    )
    frequency = models.CharField(_("频次"), max_length=12, choices=Frequency.choices, default=Frequency.AS_NEEDED)
    people_needed = models.PositiveIntegerField(_("每个街道需要人数"), default=0)
    budget_yuan = models.DecimalField(_("随事划转经费（元）"), max_digits=14, decimal_places=2, default=0)
    budget_source = models.CharField(_("经费来源"), max_length=120, blank=True)
    budget_period = models.CharField(_("经费期间"), max_length=60, blank=True)

    state = models.CharField(_("状态"), max_length=20, choices=AdmissionState.choices, default=AdmissionState.DRAFT)
    # Moves with every change, so that nobody decides about a text that he has not seen.
    version = models.PositiveIntegerField(default=1)
    category = models.OneToOneField(
        Category, models.PROTECT, null=True, blank=True, related_name="admission", verbose_name=_("形成的事项")
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("申请人")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    # Everybody who played a part in any round, by part: who wrote, uploaded, reviewed or decided plays no other.
    hands = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("起草时间"), db_default=Now())
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    due_at = models.DateTimeField(_("本环节限期"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("事项准入申请")
        verbose_name_plural = _("事项准入申请")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="admission_three_people",
                condition=(Q(reviewer=None) | Q(applicant=None) | ~Q(reviewer=F("applicant")))
                & (Q(approver=None) | Q(applicant=None) | ~Q(approver=F("applicant")))
                & (Q(approver=None) | Q(reviewer=None) | ~Q(approver=F("reviewer"))),
            ),
            models.CheckConstraint(
                name="admission_category_only_admitted", condition=Q(category=None) | Q(state="admitted")
            ),
        )
        # selectors.admissions: what one department asked for
        indexes = (models.Index(fields=("unit", "-id"), name="admission_of_unit"),)

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """The number on the form, such as ZR2026-0007."""
        return f"ZR{localtime(self.created_at).year}-{self.pk:04d}"


class AdmissionOpinion(models.Model):
    """One step of an admission: who made it, for whom, when, and what he thought of it. Never changed."""

    admission = models.ForeignKey(TaskAdmission, models.CASCADE, related_name="opinions", verbose_name=_("准入申请"))
    action = models.CharField(_("步骤"), max_length=12, choices=AdmissionAction.choices)
    target = models.CharField(_("之后的状态"), max_length=20, choices=AdmissionState.choices)
    opinion = models.CharField(_("意见"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    body = models.CharField(_("经办单位"), max_length=80)
    at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("准入意见")
        verbose_name_plural = _("准入意见")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.admission_id} {self.action}"


class AdmissionPaper(models.Model):
    """A file that belongs to an application; kept privately, served to those who see the application."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    admission = models.ForeignKey(TaskAdmission, models.CASCADE, related_name="papers", verbose_name=_("准入申请"))
    path = models.CharField(max_length=120)
    file_name = models.CharField(_("文件名"), max_length=120)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), db_default=Now())

    class Meta:
        verbose_name = _("准入附件")
        verbose_name_plural = _("准入附件")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.file_name

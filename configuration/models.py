"""Imports: the file, how its columns are read, what it would change, and what it did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.clock import Now


class JobState(models.TextChoices):
    UPLOADED = "uploaded", _("已上传")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    APPLYING = "applying", _("导入中")
    APPLIED = "applied", _("已导入")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    FAILED = "failed", _("未能完成")
    DROPPED = "dropped", _("已放弃")


RUNNING = (JobState.CHECKING, JobState.APPLYING, JobState.UNDOING)


class Coordinates(models.TextChoices):
    """What the longitudes and latitudes of a file are measured in."""

    WGS84 = "wgs84", _("WGS-84（GPS）")
    CGCS2000 = "cgcs2000", _("CGCS2000（国家大地坐标系）")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")
    BD09 = "bd09", _("BD-09（百度）")


class LineKind(models.TextChoices):
    NEW = "new", _("新增")
    CHANGED = "changed", _("变更")
    WRONG = "wrong", _("有误")


class ImportJob(models.Model):
    """One file for one table, from upload to undo."""

    table = models.CharField(_("表"), max_length=40)
    file = models.FileField(_("文件"), upload_to="imports/%Y%m/", blank=True)
    file_name = models.CharField(_("文件名"), max_length=200)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    # What the reader found: encoding, header row, notes for people.
    found = models.JSONField(_("文件情况"), default=dict, blank=True)
    headers = models.JSONField(_("文件的列"), default=list, blank=True)
    # Column of the table -> position in ``headers``.
    mapping = models.JSONField(_("列对应"), default=dict, blank=True)
    coordinates = models.CharField(_("坐标系"), max_length=10, choices=Coordinates.choices, default=Coordinates.WGS84)
    # What the table must be told besides the columns, such as the type of elements.
    options = models.JSONField(_("选项"), default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=JobState.choices, default=JobState.UPLOADED)
    total = models.PositiveIntegerField(_("行数"), default=0)
    new = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("变更"), default=0)
    same = models.PositiveIntegerField(_("不变"), default=0)
    wrong = models.PositiveIntegerField(_("有误"), default=0)
    # Of everything that would change: the same again when it is applied, or it is not applied.
    digest = models.CharField(_("变更摘要"), max_length=64, blank=True)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    # Where to look at what came of it, such as a draft to be approved; and what an undo needs, which is shown nowhere.
    outcome = models.JSONField(_("结果"), default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    created_at = models.DateTimeField(_("上传时间"), db_default=Now())
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导入人")
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )

    class Meta:
        verbose_name = _("导入")
        verbose_name_plural = _("导入")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["table"], condition=Q(state__in=RUNNING), name="import_one_running_a_table"
            ),
        )
        indexes = (models.Index(fields=["table", "-id"], name="import_by_table"),)  # The last one of a table.

    def __str__(self) -> str:
        return self.file_name


class ImportLine(models.Model):
    """One row of a file that would change something, or is wrong; what is already so leaves no line."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="lines", verbose_name=_("导入"))
    number = models.PositiveIntegerField(_("行号"))
    kind = models.CharField(_("类别"), max_length=8, choices=LineKind.choices)
    key = models.CharField(_("标识"), max_length=200, blank=True)
    before = models.JSONField(_("原值"), null=True, blank=True)
    after = models.JSONField(_("新值"), null=True, blank=True)
    # [{"column", "header", "value", "message"}]
    errors = models.JSONField(_("错误"), default=list, blank=True)

    class Meta:
        verbose_name = _("导入明细")
        verbose_name_plural = _("导入明细")
        ordering = ("job", "number")
        constraints = (models.UniqueConstraint(fields=["job", "number"], name="import_line_once"),)
        indexes = (models.Index(fields=["job", "kind", "number"], name="import_line_by_kind"),)  # The pages of a check.

    def __str__(self) -> str:
        return f"{self.job_id}:{self.number}"


class PreflightRun(models.Model):
    """One proof that every (grid, matter) has somebody at both levels, and the holes that it found, by cause."""

    ran_at = models.DateTimeField(_("时间"), db_default=Now())
    nightly = models.BooleanField(_("夜间自动"), default=False)
    ran_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("运行人")
    )
    milliseconds = models.PositiveIntegerField(_("用时（毫秒）"))
    pairs = models.PositiveIntegerField(_("核对组合数"))
    # Rows of ``configuration.selectors.preflight.Hole``.
    holes = models.JSONField(_("问题"), default=list)
    critical = models.PositiveIntegerField(_("严重问题数"), default=0)

    class Meta:
        verbose_name = _("配置体检")
        verbose_name_plural = _("配置体检")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.pk}"

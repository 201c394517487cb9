"""Files that belong to an order; kept privately, served only to those who see the order."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder
from workorders.models.work import Assignment


class AttachmentStage(models.TextChoices):
    REPORT = "report", _("上报")
    BEFORE = "before", _("处置前")
    AFTER = "after", _("处置后")
    NOTE = "note", _("补充")


class Attachment(models.Model):
    """``name`` on disk is random; pictures are re-encoded, their EXIF place kept in ``exif_lon`` / ``exif_lat``."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="attachments")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="attachments")
    stage = models.CharField(_("环节"), max_length=8, choices=AttachmentStage)
    path = models.CharField(max_length=120)
    thumbnail_path = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(_("文件名"), max_length=120)
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    exif_lon = models.FloatField(null=True)
    exif_lat = models.FloatField(null=True)
    exif_at = models.DateTimeField(null=True)
    distance_m = models.PositiveIntegerField(_("距工单位置 (米)"), null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("上传时间"))
    erased_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.file_name

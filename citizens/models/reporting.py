"""Files that came with a public report and that nobody has looked into yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from citizens.models.receipts import Receipt
from workorders.models import Attachment


class UploadKind(models.TextChoices):
    IMAGE = "image", _("照片")
    VIDEO = "video", _("视频")
    AUDIO = "audio", _("录音")


class UploadState(models.TextChoices):
    WAITING = "waiting", _("正在处理")
    ATTACHED = "attached", _("已附上")
    REFUSED = "refused", _("未能附上")


class Upload(models.Model):
    """One file in quarantine: shown to nobody, made anew by a worker, then attached to the order or refused.

    The name that its owner gave it is not kept: it tells of them and nothing of the matter.
    """

    receipt = models.ForeignKey(Receipt, models.PROTECT, verbose_name=_("上报回执"), related_name="uploads")
    place = models.PositiveSmallIntegerField(_("第几个"))
    kind = models.CharField(_("类型"), max_length=5, choices=UploadKind)
    path = models.CharField(max_length=80)
    size = models.PositiveIntegerField(_("字节"))
    state = models.CharField(_("状态"), max_length=8, choices=UploadState, default=UploadState.WAITING)
    # Why it was refused: a code of workorders' refusals, or of ours.
    code = models.CharField(_("原因"), max_length=40, blank=True)
    attachment = models.OneToOneField(
        Attachment, models.PROTECT, verbose_name=_("附件"), null=True, related_name="upload"
    )
    # Whose turn it is: a worker that died lets it go by itself.
    leased_until = models.DateTimeField(_("处理租期至"), null=True)
    tries = models.PositiveSmallIntegerField(_("处理次数"), default=0)
    created_at = models.DateTimeField(_("时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("上报文件")
        ordering = ("receipt", "place")
        constraints = (
            models.UniqueConstraint(fields=("receipt", "place"), name="upload_place_once"),
            models.CheckConstraint(
                condition=Q(state=UploadState.ATTACHED, attachment__isnull=False)
                | (~Q(state=UploadState.ATTACHED) & Q(attachment__isnull=True)),
                name="upload_attached_has_attachment",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="waiting"), name="upload_waiting"),)

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.place}"

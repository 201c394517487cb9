from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.rules import DeadlineClass, Urgency
from lianqin.kernel.clock import Now


class Category(models.Model):
    """A class of matters (level 1) or one matter (level 2, the leaf that an order carries)."""

    code = models.CharField(_("编码"), max_length=16, unique=True)
    name = models.CharField(_("名称"), max_length=64)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("所属大类")
    )
    level = models.PositiveSmallIntegerField(_("层级"), choices=[(1, _("大类")), (2, _("小类"))])
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    pinyin = models.CharField(_("拼音"), max_length=255, blank=True)
    registration_conditions = models.JSONField(_("立案条件"), default=list, blank=True)
    closing_conditions = models.JSONField(_("结案条件"), default=list, blank=True)
    evidence_required = models.BooleanField(_("须有处置前后照片"), default=False)
    vertical = models.BooleanField(_("垂直管理"), default=False)
    urgency = models.CharField(_("默认紧急程度"), max_length=16, choices=Urgency.choices, default=Urgency.NORMAL)
    deadline_class = models.CharField(
        _("时限类别"), max_length=16, choices=DeadlineClass.choices, default=DeadlineClass.STANDARD
    )
    street_function = models.CharField(_("街道默认承办职能"), max_length=32, blank=True)
    district_function = models.CharField(_("区级默认承办职能"), max_length=32, blank=True)
    # Orders of it are told to everybody, without words or names (open data, Open311). Off until somebody says so.
    public = models.BooleanField(_("对外公开"), default=False)
    illustrative = models.BooleanField(_("示例数据"), default=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("事项分类")
        verbose_name_plural = _("事项分类")
        ordering = ("order", "code")
        constraints = (
            models.CheckConstraint(
                name="category_leaf_has_parent",
                condition=models.Q(level=1, parent__isnull=True) | models.Q(level=2, parent__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("待定")
    ACCEPTED = "accepted", _("已采纳")
    REFUSED = "refused", _("未采纳")


class ResponsibilityProposal(models.Model):
    """What an arbitration taught: this matter, in this street, belongs to this unit. Accepted, it routes."""

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("事项分类")
    )
    street = models.ForeignKey(
        "grids.Street", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("街道")
    )
    unit = models.ForeignKey("grids.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    order_number = models.CharField(_("来自工单"), max_length=32)
    reason = models.TextField(_("理由"), blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    created_at = models.DateTimeField(_("提出时间"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("决定人"),
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("权责建议")
        verbose_name_plural = _("权责建议")
        ordering = ("-id",)
        indexes = (
            # selectors.default_unit_id: the accepted unit of a matter
            models.Index(
                fields=("category", "street", "-id"), name="proposal_accepted", condition=models.Q(state="accepted")
            ),
        )
        constraints = (
            # A repeat of one arbitration is the same proposal.
            models.UniqueConstraint(fields=("order_number", "category", "unit"), name="proposal_once_per_order"),
        )

    def __str__(self) -> str:
        return f"{self.category_id} → {self.unit_id}"

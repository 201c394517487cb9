"""The responsibility list (权责清单): versions, and what each says of a matter, an area and a level."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.categories import Category
from catalogue.rules import Area, Domain, Level, Unit
from grids.models import GridKind
from lianqin.kernel.drafts import Drafted


class ResponsibilityVersion(Drafted):
    """One whole list. In force from ``effective_from`` until the next one; never changed once approved."""

    # The number is given with the approval.
    number = models.PositiveIntegerField(_("版本号"), null=True, blank=True, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    reason = models.CharField(_("调整说明"), max_length=500, blank=True)
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("在此基础上修改")
    )
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    synthetic = models.BooleanField(_("演示数据"), default=False)

    class Meta(Drafted.Meta):
        verbose_name = _("权责清单")
        verbose_name_plural = _("权责清单")
        ordering = ("-id",)
        constraints = (  # type: ignore[assignment]
            *Drafted.Meta.constraints,
            models.CheckConstraint(
                name="responsibility_version_numbered",
                condition=~Q(state="approved") | Q(number__isnull=False, effective_from__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.number}" if self.number else self.name


class Responsibility(models.Model):
    """One line: who leads and who assists in a matter (or a whole class), somewhere, at one level."""

    version = models.ForeignKey(ResponsibilityVersion, models.CASCADE, related_name="items", verbose_name=_("权责清单"))
    code = models.CharField(_("条目编号"), max_length=16, help_text=_("如 3.2.1"))
    name = models.CharField(_("权责事项"), max_length=120)
    domain = models.CharField(_("领域"), max_length=12, choices=Domain.choices)
    category = models.ForeignKey(Category, models.PROTECT, related_name="responsibilities", verbose_name=_("事项分类"))
    level = models.CharField(_("响应级别"), max_length=8, choices=Level.choices)
    area = models.CharField(_("适用范围"), max_length=10, choices=Area.choices, default=Area.DISTRICT)
    street = models.ForeignKey(
        "grids.Street", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("街道")
    )
    community = models.ForeignKey(
        "grids.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("社区")
    )
    grid_kind = models.CharField(_("网格类型"), max_length=14, choices=GridKind.choices, blank=True)
    lead_unit = models.ForeignKey(
        "grids.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头单位")
    )
    lead_function = models.CharField(_("牵头职能"), max_length=20, blank=True)
    # Functions, or codes of units: both are resolved where the matter lies.
    assisting = models.JSONField(_("协助"), default=list, blank=True)
    legal_basis = models.CharField(_("法律依据"), max_length=300, blank=True)
    amount = models.PositiveIntegerField(_("办理时限"), null=True, blank=True)
    amount_unit = models.CharField(_("时限单位"), max_length=8, choices=Unit.choices, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("权责条目")
        verbose_name_plural = _("权责条目")
        ordering = ("version", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["version", "code", "level", "street", "community", "grid_kind"],
                nulls_distinct=False,
                name="responsibility_once_a_place",
            ),
            models.CheckConstraint(
                name="responsibility_area",
                condition=Q(area="district", street=None, community=None, grid_kind="")
                | Q(area="street", street__isnull=False, community=None, grid_kind="")
                | Q(area="community", street=None, community__isnull=False, grid_kind="")
                | Q(area="grid_kind", street=None, community=None) & ~Q(grid_kind=""),
            ),
            # A unit or a function, or neither while it is being drafted: the check before publishing says so.
            models.CheckConstraint(name="responsibility_one_lead", condition=Q(lead_unit=None) | Q(lead_function="")),
            models.CheckConstraint(
                name="responsibility_term",
                condition=Q(amount=None, amount_unit="") | Q(amount__gt=0) & ~Q(amount_unit=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

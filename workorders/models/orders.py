"""The order itself, and its free text kept apart so that it can be erased."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from catalogue.rules import Urgency as Urgency
from workorders.states import OPEN, Level, Status


class Source(models.TextChoices):
    GRID_WORKER = "grid_worker", _("网格员巡查")
    VIDEO = "video", _("视频巡查")
    CITIZEN = "citizen", _("居民上报")
    HOTLINE_12345 = "hotline_12345", _("12345 热线")
    POLICE_110 = "police_110", _("110 非警务")
    ONLINE_INQUIRY = "online_inquiry", _("网络问政")
    PORTAL = "portal", _("政府门户")
    GOVERNANCE_PLATFORM = "governance_platform", _("综治平台")
    INSPECTION = "inspection", _("督查发现")


# Sources behind which stands a citizen who waits for an answer.
CITIZEN_SOURCES = frozenset(
    {Source.CITIZEN, Source.HOTLINE_12345, Source.POLICE_110, Source.ONLINE_INQUIRY, Source.PORTAL}
)


# The words of an order: see migration 0006 for the function, and selectors.finding for who asks.
FACETS = Func(
    *("source", "status", "level", "urgency", "on_site", "street", "community", "category", "reporter"),
    *("affected_street_ids", "part_unit_ids"),
    function="workorders_facets",
    output_field=ArrayField(models.TextField()),
)


class WorkOrder(models.Model):
    """Where an order stands. Only services.door writes these columns; every one of them follows from the events."""

    number = models.CharField(_("工单号"), max_length=24)
    source = models.CharField(_("来源"), max_length=24, choices=Source)
    external_ref = models.CharField(_("外部单号"), max_length=64, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REPORTED)
    level = models.CharField(_("响应层级"), max_length=8, choices=Level, default=Level.STREET)
    highest_level = models.CharField(_("到达的最高层级"), max_length=8, choices=Level, default=Level.STREET)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    on_site = models.BooleanField(_("现场处置"), default=False)
    # Every index is paid for by each write: the foreign keys have theirs below, named by the query that needs it.
    category = models.ForeignKey(
        "catalogue.Category",
        models.PROTECT,
        verbose_name=_("事项分类"),
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    district = models.ForeignKey(
        "grids.District", models.PROTECT, verbose_name=_("区"), related_name="+", db_index=False
    )
    street = models.ForeignKey(
        "grids.Street", models.PROTECT, verbose_name=_("街道"), null=True, related_name="+", db_index=False
    )
    community = models.ForeignKey(
        "grids.Community", models.PROTECT, verbose_name=_("社区"), null=True, related_name="+", db_index=False
    )
    grid = models.ForeignKey(
        "grids.Grid", models.PROTECT, verbose_name=_("网格"), null=True, related_name="+", db_index=False
    )
    affected_street_ids = ArrayField(models.BigIntegerField(), verbose_name=_("涉及街道"), default=list, blank=True)
    # The units of its assignments, past ones too: what a department sees is found without asking another table.
    part_unit_ids = ArrayField(models.BigIntegerField(), verbose_name=_("承办过的单位"), default=list, blank=True)
    lon = models.FloatField(_("经度 (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("纬度 (WGS-84)"), null=True, blank=True)

    holder = models.ForeignKey(
        "grids.Unit", models.PROTECT, verbose_name=_("当前责任单位"), null=True, related_name="+", db_index=False
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("指派网格员"),
        null=True,
        related_name="+",
        db_index=False,
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上报人"), null=True, related_name="+", db_index=False
    )
    master = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("并入工单"), null=True, related_name="merged_orders", db_index=False
    )

    version = models.PositiveIntegerField(_("版本"), default=1)
    generation = models.PositiveSmallIntegerField(_("轮次"), default=0)
    due_at = models.DateTimeField(_("到期时间"), null=True)
    reported_at = models.DateTimeField(_("上报时间"))
    registered_at = models.DateTimeField(_("立案时间"), null=True)
    submitted_at = models.DateTimeField(_("反馈时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    supervision_tier = models.PositiveSmallIntegerField(_("督办级别"), default=0)

    relocations = models.PositiveSmallIntegerField(_("更正位置次数"), default=0)
    returns = models.PositiveSmallIntegerField(_("退单次数"), default=0)
    failed_checks = models.PositiveSmallIntegerField(_("核查未通过次数"), default=0)
    hand_downs = models.PositiveSmallIntegerField(_("交办次数"), default=0)
    shelvings = models.PositiveSmallIntegerField(_("挂账次数"), default=0)
    reopenings = models.PositiveSmallIntegerField(_("重启次数"), default=0)
    contested = models.BooleanField(_("已提异议"), default=False)
    extended_levels = models.CharField(_("已延期的层级"), max_length=20, blank=True)
    last_dispatcher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    last_verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    last_seq = models.PositiveIntegerField(_("最后流水号"), default=0)
    last_hash = models.CharField(_("最后流水摘要"), max_length=64, blank=True)
    # Its history lies in the archive; nothing changes it until its month is restored.
    archived_at = models.DateTimeField(_("归档时间"), null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("工单")
        ordering = ("-id",)
        constraints = (
            # Not `unique=True`, which would add a second index for patterns that nobody asks for.
            models.UniqueConstraint(fields=("number",), name="workorder_number_once"),
            # A source sends each of its orders once; a repeat finds the first.
            models.UniqueConstraint(
                fields=("source", "external_ref"), condition=~Q(external_ref=""), name="workorder_external_ref_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, ended_at__isnull=True) | ~Q(status__in=OPEN),
                name="workorder_open_not_ended",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="workorder_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=OPEN) | Q(holder__isnull=False), name="workorder_open_has_holder"
            ),
            models.CheckConstraint(
                condition=(Q(status="merged") & Q(master__isnull=False)) | ~Q(status="merged"),
                name="workorder_merged_has_master",
            ),
            models.CheckConstraint(condition=~Q(master=F("id")), name="workorder_not_its_own_master"),
        )
        indexes = (
            # The queue of a centre: open orders by due time in a street.
            models.Index(
                fields=("street", "status", "due_at"), condition=Q(status__in=OPEN), name="workorder_open_street"
            ),
            # The queue of a unit, and what it sees as the holder: only open orders have one.
            models.Index(fields=("holder", "due_at"), condition=Q(status__in=OPEN), name="workorder_open_holder"),
            # The district's queue and page: open orders of a level by due time.
            models.Index(
                fields=("district", "level", "status", "due_at"),
                condition=Q(status__in=OPEN),
                name="workorder_open_district",
            ),
            # The district's page: who took how long with what came up lately.
            models.Index(
                fields=("reported_at",), condition=Q(highest_level=Level.DISTRICT.value), name="workorder_risen"
            ),
            # `sort=due`: only open orders have a due.
            models.Index(fields=("due_at", "id"), condition=Q(status__in=OPEN), name="workorder_open_due"),
            # Possible duplicates: open orders of a category in a bounding box.
            models.Index(fields=("category", "lat", "lon"), condition=Q(status__in=OPEN), name="workorder_open_nearby"),
            # Lists by place, newest first (cursor on id).
            models.Index(fields=("street", "-id"), name="workorder_street_newest"),
            models.Index(fields=("community", "-id"), name="workorder_community_newest"),
            models.Index(fields=("grid", "-id"), name="workorder_grid_newest"),
            # What a person sees: reports of one's own, orders that one was sent to.
            models.Index(fields=("reporter", "-id"), name="workorder_reporter_newest"),
            models.Index(fields=("worker", "-id"), condition=Q(worker__isnull=False), name="workorder_worker_newest"),
            # What touches other streets, newest first: few orders, with the streets beside their ids.
            models.Index(
                fields=("-id",),
                include=("affected_street_ids",),
                condition=~Q(affected_street_ids=[]),
                name="workorder_touching_newest",
            ),
            # `created_after` and `created_before`; what a district had reported today and yesterday.
            models.Index(fields=("reported_at",), name="workorder_reported"),
            # Lists by filters that few orders pass together, of whoever sees them: the words that may be asked for, of
            # which the database intersects those asked. What nearly every order has (closed, the street's, of normal
            # urgency) is no word. Every such list reads what waits to be sorted in, so that is kept short (KB).
            GinIndex(FACETS, gin_pending_list_limit=512, name="workorder_facets"),
            # What a street closed last, for everybody: citizens.selectors.open_data.
            models.Index(fields=("street", "-ended_at"), condition=Q(status="closed"), name="workorder_closed_street"),
            # The orders merged into one.
            models.Index(fields=("master",), condition=Q(master__isnull=False), name="workorder_merged_into"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class OrderText(models.Model):
    """What people wrote: erasable without touching an event. Who they are lies apart (``ReporterContact``)."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="text")
    title = models.CharField(_("标题"), max_length=80)
    description = models.TextField(_("情况描述"), blank=True, max_length=4000)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    search = SearchVectorField(null=True, editable=False)
    erased_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("工单文本")
        # `q`: bigrams of number, title, address and description.
        # What waits in its pending list is read by every search, so that list is kept short (KB).
        indexes = (GinIndex(fields=("search",), gin_pending_list_limit=512, name="ordertext_search"),)

    def __str__(self) -> str:
        return self.title


class NumberDay(models.Model):
    """Where the number sequence stood when a day began: numbers start at 1 each day without a lock."""

    prefix = models.CharField(max_length=8)
    day = models.DateField()
    start = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("编号起点")
        constraints = (models.UniqueConstraint(fields=("prefix", "day"), name="numberday_once"),)

    def __str__(self) -> str:
        return f"{self.prefix}{self.day:%Y%m%d}"

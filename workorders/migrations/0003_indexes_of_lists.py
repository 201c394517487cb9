"""The indexes that the lists ask for, and none that nobody asks for: each write pays for every one."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Which values go together: handled on the spot are the reports of grid workers only, and never declined. Without this
# the planner multiplies the shares of two filters and reads the whole table in search of what is not there.
WHAT_GOES_TOGETHER = """
CREATE STATISTICS workorder_facets (mcv) ON status, level, source, urgency, on_site, street_id
FROM workorders_workorder;
ALTER STATISTICS workorder_facets SET STATISTICS 300;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("workorders", "0002_append_only"),
        ("catalogue", "0001_initial"),
        ("grids", "0002_officers_hold_no_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.RemoveIndex(
            model_name="ordertext",
            name="ordertext_search",
        ),
        migrations.RemoveIndex(
            model_name="workorder",
            name="workorder_status_newest",
        ),
        migrations.RemoveIndex(
            model_name="workorder",
            name="workorder_affected",
        ),
        migrations.AlterField(
            model_name="assignment",
            name="acknowledged_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="dispatched_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="finished_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="承办单位",
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="approver",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="requester",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="requester_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="审批单位",
            ),
        ),
        migrations.AlterField(
            model_name="timer",
            name="assignment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to="workorders.assignment",
            ),
        ),
        migrations.AlterField(
            model_name="timer",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to="workorders.workorder",
            ),
        ),
        migrations.AlterField(
            model_name="timer",
            name="request",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timers",
                to="workorders.request",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.category",
                verbose_name="事项分类",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="community",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.community",
                verbose_name="社区",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="district",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.district",
                verbose_name="区",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="grid",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.grid",
                verbose_name="网格",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="holder",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="当前责任单位",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="last_dispatcher",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="last_verifier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="master",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_orders",
                to="workorders.workorder",
                verbose_name="并入工单",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="number",
            field=models.CharField(max_length=24, verbose_name="工单号"),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="reporter",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="上报人",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="street",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.street",
                verbose_name="街道",
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="worker",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="指派网格员",
            ),
        ),
        migrations.AddIndex(
            model_name="ordertext",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], gin_pending_list_limit=512, name="ordertext_search"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("reported", "registered", "dispatched", "handling", "submitted", "shelved"))
                ),
                fields=["due_at", "id"],
                name="workorder_open_due",
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("worker__isnull", False)), fields=["worker", "-id"], name="workorder_worker_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(fields=["category", "-id"], name="workorder_category_newest"),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(fields=["source", "-id"], name="workorder_source_newest"),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["status", "-id"],
                name="workorder_status_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("urgency", "normal"), _negated=True),
                fields=["urgency", "-id"],
                name="workorder_urgency_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("level", "district")), fields=["-id"], name="workorder_district_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(condition=models.Q(("on_site", True)), fields=["-id"], name="workorder_on_site_newest"),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(fields=["reported_at"], name="workorder_reported"),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("affected_street_ids", []), _negated=True),
                fields=["affected_street_ids"],
                name="workorder_affected",
            ),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("master__isnull", False)), fields=["master"], name="workorder_merged_into"
            ),
        ),
        migrations.AddConstraint(
            model_name="workorder",
            constraint=models.UniqueConstraint(fields=("number",), name="workorder_number_once"),
        ),
        migrations.RunSQL(WHAT_GOES_TOGETHER, "DROP STATISTICS workorder_facets"),
    ]

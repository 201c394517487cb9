"""Reminders, replies, accountability; every document has an official number, those that were there before too."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the clock raised so far is numbered as it was raised. Whatever is over needs no reply; nobody was given a day.
NUMBER = """
UPDATE dispatch_supervisionorder AS document
SET district_id = told.district_id, year = told.year, serial = told.serial,
    state = CASE WHEN told.ended_at IS NULL THEN 'awaiting' ELSE 'closed' END, closed_at = told.ended_at
FROM (
    SELECT raised.id, placed.district_id, placed.ended_at,
        extract(year FROM raised.raised_at AT TIME ZONE 'Asia/Shanghai') AS year,
        row_number() OVER (
            PARTITION BY placed.district_id, extract(year FROM raised.raised_at AT TIME ZONE 'Asia/Shanghai')
            ORDER BY raised.raised_at, raised.id
        ) AS serial
    FROM dispatch_supervisionorder AS raised JOIN workorders_workorder AS placed ON placed.id = raised.order_id
) AS told
WHERE told.id = document.id;
INSERT INTO dispatch_documentcounter (district_id, kind, year, last)
SELECT district_id, 'supervision', year, max(serial) FROM dispatch_supervisionorder GROUP BY district_id, year;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0005_announcements"),
        ("grids", "0008_withdrawn_lines"),
        ("workorders", "0009_touching_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Accountability",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="accountability",
                        serialize=False,
                        to="dispatch.supervisionorder",
                        verbose_name="文书",
                    ),
                ),
                ("facts", models.TextField(verbose_name="事实")),
                ("opinion", models.TextField(verbose_name="建议意见")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("talk", "约谈提醒"),
                            ("rectify", "责令限期整改"),
                            ("examine", "责令书面检查"),
                            ("notify", "通报批评"),
                        ],
                        max_length=12,
                        verbose_name="处理方式",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                ("decision", models.TextField(blank=True, verbose_name="决定意见")),
                ("appeal", models.TextField(blank=True, verbose_name="申诉")),
                ("appealed_at", models.DateTimeField(null=True, verbose_name="申诉时间")),
                ("appeal_until", models.DateTimeField(null=True, verbose_name="申诉期限")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("review", models.TextField(blank=True, verbose_name="复核意见")),
            ],
            options={
                "verbose_name": "问责",
                "verbose_name_plural": "问责",
            },
        ),
        migrations.CreateModel(
            name="DocumentCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("reminder", "催办单"), ("supervision", "督办单"), ("accountability", "问责建议书")],
                        max_length=16,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "文号",
                "verbose_name_plural": "文号",
            },
        ),
        migrations.CreateModel(
            name="SupervisionReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="答复时间")),
                ("late", models.BooleanField(default=False, verbose_name="逾期")),
                ("text", models.TextField(verbose_name="答复")),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("pending", "待审定"), ("accepted", "认可"), ("returned", "退回补充")],
                        default="pending",
                        max_length=10,
                        verbose_name="审定",
                    ),
                ),
                ("judged_at", models.DateTimeField(null=True, verbose_name="审定时间")),
                ("judgement", models.TextField(blank=True, verbose_name="审定意见")),
            ],
            options={
                "verbose_name": "督办答复",
                "verbose_name_plural": "督办答复",
                "ordering": ("id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="supervisionorder",
            name="supervision_once_a_tier",
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="by_hand",
            field=models.BooleanField(default=False, verbose_name="人工发出"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="closed_at",
            field=models.DateTimeField(null=True, verbose_name="办结时间"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="closed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="办结人",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="closing",
            field=models.TextField(blank=True, verbose_name="办结意见"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="demands",
            field=models.TextField(blank=True, verbose_name="办理要求"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="district",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.district",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="issuer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签发人",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="issuer_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="签发单位",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="kind",
            field=models.CharField(
                choices=[("reminder", "催办单"), ("supervision", "督办单"), ("accountability", "问责建议书")],
                default="supervision",
                max_length=16,
                verbose_name="文种",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="missed_at",
            field=models.DateTimeField(null=True, verbose_name="逾期未答复"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="reply_due_at",
            field=models.DateTimeField(null=True, verbose_name="答复期限"),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="responsible",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="责任人",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="serial",
            field=models.PositiveIntegerField(verbose_name="文号顺序", null=True),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "待决定"),
                    ("awaiting", "待答复"),
                    ("replied", "待审定"),
                    ("returned", "退回补充"),
                    ("appealed", "申诉待复核"),
                    ("closed", "已办结"),
                    ("dismissed", "不予问责"),
                    ("revoked", "已撤销"),
                ],
                default="awaiting",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            model_name="supervisionorder",
            name="year",
            field=models.PositiveSmallIntegerField(verbose_name="年份", null=True),
        ),
        migrations.AlterField(
            model_name="supervisionorder",
            name="event",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workorders.event",
                verbose_name="流水",
            ),
        ),
        migrations.AlterField(
            model_name="supervisionorder",
            name="reason",
            field=models.CharField(
                choices=[
                    ("not_accepted", "逾期未受理"),
                    ("not_resolved", "逾期未办结"),
                    ("not_dispatched", "逾期未派遣"),
                    ("not_checked", "逾期未核查"),
                    ("not_decided", "逾期未裁决"),
                    ("by_hand", "人工交办"),
                    ("not_answered", "逾期未答复"),
                ],
                max_length=16,
                verbose_name="事由",
            ),
        ),
        migrations.AddField(
            model_name="documentcounter",
            name="district",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.district"),
        ),
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="supervisionorder",
            name="district",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.district",
            ),
        ),
        migrations.AlterField(
            model_name="supervisionorder",
            name="year",
            field=models.PositiveSmallIntegerField(verbose_name="年份"),
        ),
        migrations.AlterField(
            model_name="supervisionorder",
            name="serial",
            field=models.PositiveIntegerField(verbose_name="文号顺序"),
        ),
        migrations.AddIndex(
            model_name="supervisionorder",
            index=models.Index(
                condition=models.Q(("missed_at", None), ("state__in", ("awaiting", "returned"))),
                fields=["reply_due_at"],
                name="supervision_reply_due",
            ),
        ),
        migrations.AddIndex(
            model_name="supervisionorder",
            index=models.Index(
                condition=models.Q(("state__in", ("closed", "dismissed", "revoked")), _negated=True),
                fields=["state", "unit"],
                name="supervision_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("by_hand", False), ("kind", "supervision")),
                fields=("order", "generation", "tier"),
                name="supervision_once_a_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionorder",
            constraint=models.UniqueConstraint(
                fields=("district", "kind", "year", "serial"), name="supervision_serial_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "supervision"), ("tier__range", (1, 3))),
                    models.Q(models.Q(("kind", "supervision"), _negated=True), ("tier", 0)),
                    _connector="OR",
                ),
                name="supervision_tier_of_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "accountability"), ("event__isnull", False), _connector="OR"),
                name="supervision_has_its_event",
            ),
        ),
        migrations.AddField(
            model_name="accountability",
            name="after",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dispatch.supervisionorder",
                verbose_name="依据的督办单",
            ),
        ),
        migrations.AddField(
            model_name="accountability",
            name="appealed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountability",
            name="decider",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountability",
            name="proposer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountability",
            name="reviewer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervisionreply",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervisionreply",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="dispatch.supervisionorder"
            ),
        ),
        migrations.AddField(
            model_name="supervisionreply",
            name="judged_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervisionreply",
            name="unit",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decider", None), models.Q(("decider", models.F("proposer")), _negated=True), _connector="OR"
                ),
                name="accountability_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewer", None),
                    models.Q(
                        models.Q(("reviewer", models.F("decider")), _negated=True),
                        models.Q(("reviewer", models.F("proposer")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="accountability_reviewed_by_a_third",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentcounter",
            constraint=models.UniqueConstraint(fields=("district", "kind", "year"), name="documentcounter_once"),
        ),
        migrations.AddConstraint(
            model_name="supervisionreply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict", "pending")), fields=("document",), name="supervisionreply_one_pending"
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("judged_by", None), models.Q(("judged_by", models.F("by")), _negated=True), _connector="OR"
                ),
                name="supervisionreply_judged_by_another",
            ),
        ),
    ]

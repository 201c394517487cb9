"""Trials of other deadlines and rosters."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_admission_hands"),
        ("dispatch", "0008_workbench"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("since", models.DateField(verbose_name="起始月")),
                ("until", models.DateField(verbose_name="截止月")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="草稿内容")),
                ("shares", models.JSONField(blank=True, default=dict, verbose_name="时限比例")),
                ("hours", models.JSONField(blank=True, default=dict, verbose_name="值守时段")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "推演中"),
                            ("done", "已完成"),
                            ("failed", "没有成功"),
                            ("stopped", "已停止"),
                        ],
                        default="queued",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已读")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="共")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("alive_at", models.DateTimeField(null=True, verbose_name="最近进展")),
                ("result", models.JSONField(null=True, verbose_name="结果")),
                ("message", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="发起时间"
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalogue.deadlinedraft",
                        verbose_name="时限草稿",
                    ),
                ),
            ],
            options={
                "verbose_name": "推演",
                "verbose_name_plural": "推演",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "running"))), fields=["id"], name="trial_under_way"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="trial_months_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("result__isnull", False), _connector="OR"
                        ),
                        name="trial_done_has_a_result",
                    ),
                ],
            },
        ),
    ]

"""Programs of other people: keys, what came by them, and when orders came to another status."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import lianqin.kernel.clock

# Orders that are there already: one change each, to what they are. What comes later follows their news.
STANDING = """
INSERT INTO citizens_statuschange (order_id, seq, status, at)
SELECT id, last_seq, status, greatest(reported_at, registered_at, submitted_at, ended_at) FROM workorders_workorder
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0010_community"),
        ("workorders", "0014_texts_without_reporters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审批"),
                            ("approved", "已批准"),
                            ("refused", "已退回"),
                            ("withdrawn", "已撤销"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "drafted_at",
                    models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="起草时间"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="审批意见")),
                ("owner", models.CharField(max_length=80, verbose_name="申请单位")),
                ("purpose", models.CharField(max_length=500, verbose_name="用途")),
                ("contact", models.CharField(max_length=80, verbose_name="联系方式")),
                ("claim_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("per_minute", models.PositiveIntegerField(default=30, verbose_name="每分钟上限")),
                ("per_day", models.PositiveIntegerField(default=1000, verbose_name="每日上限")),
                ("expires_on", models.DateField(null=True, verbose_name="有效期至")),
                ("key_id", models.CharField(blank=True, default="", max_length=12, verbose_name="密钥开头")),
                ("digest", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("fetched_at", models.DateTimeField(null=True, verbose_name="领取时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口密钥",
                "verbose_name_plural": "接口密钥",
                "ordering": ("-id",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(decided_by=None) | Q(drafted_by=None) | ~Q(decided_by=F("drafted_by")),
                        name="citizens_apikey_second_person",
                    ),
                    models.CheckConstraint(
                        condition=Q(digest="") | Q(state="approved", expires_on__isnull=False),
                        name="api_key_approved_first",
                    ),
                    models.UniqueConstraint(fields=("digest",), condition=~Q(digest=""), name="api_key_digest_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKeyDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("minute", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="最近")),
                ("in_minute", models.PositiveIntegerField(default=0)),
                ("requests", models.PositiveIntegerField(default=0, verbose_name="请求")),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="citizens.apikey",
                        verbose_name="密钥",
                    ),
                ),
            ],
            options={
                "verbose_name": "密钥每日用量",
                "verbose_name_plural": "密钥每日用量",
                "constraints": [models.UniqueConstraint(fields=("key", "day"), name="api_key_day_once")],
            },
        ),
        migrations.CreateModel(
            name="ProgramReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "media_url",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="附图链接"),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="citizens.apikey",
                        verbose_name="密钥",
                    ),
                ),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="program_report",
                        to="citizens.receipt",
                        verbose_name="上报回执",
                    ),
                ),
            ],
            options={"verbose_name": "程序上报", "verbose_name_plural": "程序上报"},
        ),
        migrations.CreateModel(
            name="ProgramUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("update_id", models.CharField(max_length=64, verbose_name="补充标识")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="updates",
                        to="citizens.programreport",
                        verbose_name="程序上报",
                    ),
                ),
            ],
            options={
                "verbose_name": "程序补充",
                "verbose_name_plural": "程序补充",
                "constraints": [models.UniqueConstraint(fields=("report", "update_id"), name="program_update_once")],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField()),
                ("status", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_changes",
                        to="workorders.workorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "状态变化",
                "verbose_name_plural": "状态变化",
                "indexes": [models.Index(fields=["at", "id"], name="status_change_at")],
                "constraints": [models.UniqueConstraint(fields=("order", "seq"), name="status_change_once")],
            },
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]

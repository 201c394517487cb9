from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock

STATES = [
    ("checked", "已检查"),
    ("applying", "导入中"),
    ("cancelled", "已停下"),
    ("applied", "已导入"),
    ("dropped", "已放弃"),
]
OUTCOMES = [("new", "新工单"), ("repeated", "重复"), ("changed", "补充"), ("dead", "待人工")]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("citizens", "0012_reporting_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="intakeplatform",
            name="mailbox",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="收件邮箱"),
        ),
        migrations.AddField(
            model_name="intakeplatform",
            name="mail_senders",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120),
                blank=True,
                default=list,
                size=None,
                verbose_name="允许的发件人",
            ),
        ),
        migrations.AddConstraint(
            model_name="intakeplatform",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mailbox", ""), _negated=True), fields=("mailbox",), name="intake_mailbox_once"
            ),
        ),
        migrations.CreateModel(
            name="IntakeBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                (
                    "state",
                    models.CharField(choices=STATES, default="checked", max_length=10, verbose_name="状态"),
                ),
                ("version", models.PositiveIntegerField(verbose_name="对照版本")),
                ("notes", models.JSONField(blank=True, default=list, verbose_name="说明")),
                ("total", models.PositiveIntegerField(verbose_name="行数")),
                ("wrong", models.PositiveIntegerField(default=0, verbose_name="有误的行")),
                (
                    "created_at",
                    models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="上传时间"),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="citizens.intakeplatform",
                        verbose_name="平台",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量导入",
                "verbose_name_plural": "批量导入",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["checked", "applying", "cancelled", "applied", "dropped"])),
                        name="batch_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wrong", 0), ("state__in", ("checked", "dropped")), _connector="OR"),
                        name="batch_right_before_applied",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("state", "applying")), fields=["id"], name="batch_applying")
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                ("sealed", models.TextField(blank=True, editable=False)),
                ("errors", models.JSONField(blank=True, default=dict, verbose_name="错误")),
                ("is_known", models.BooleanField(default=False, verbose_name="单号已收到过")),
                (
                    "outcome",
                    models.CharField(blank=True, choices=OUTCOMES, max_length=8, verbose_name="结果"),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="citizens.intakebatch",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="citizens.intakemessage",
                        verbose_name="来件",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入的行",
                "verbose_name_plural": "导入的行",
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="batch_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", True), ("outcome", "")),
                            models.Q(
                                models.Q(("outcome", ""), _negated=True), ("message__isnull", False), ("sealed", "")
                            ),
                            _connector="OR",
                        ),
                        name="batch_row_taken_or_not",
                    ),
                ],
            },
        ),
    ]

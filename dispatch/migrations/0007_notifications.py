"""Notices of more than orders; how people wish to be told, in which words, and what waits."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0006_supervision"),
        ("relay", "0002_channels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_once_an_event_and_recipient"),
        migrations.AddField(
            model_name="notice",
            name="key",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="唯一键"),
        ),
        migrations.AddField(
            model_name="notice",
            name="url",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="地址"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workorders.event",
                verbose_name="流水",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(max_length=20, verbose_name="类别"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="workorders.workorder",
                verbose_name="工单",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event__isnull", False), ("key", "")),
                fields=("event", "unit", "user"),
                name="notice_once_an_event_and_recipient",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key", "unit", "user"),
                name="notice_once_a_key_and_recipient",
                nulls_distinct=False,
            ),
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, unique=True, verbose_name="类别")),
                ("single", models.CharField(max_length=200, verbose_name="单条")),
                ("bundle", models.CharField(max_length=200, verbose_name="合并")),
            ],
            options={
                "verbose_name": "消息模板",
                "verbose_name_plural": "消息模板",
            },
        ),
        migrations.CreateModel(
            name="DispatchPreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choices", models.JSONField(default=dict, verbose_name="选择")),
                ("quiet_from", models.TimeField(default=datetime.time(22, 0), null=True, verbose_name="免打扰开始")),
                ("quiet_until", models.TimeField(default=datetime.time(7, 0), null=True, verbose_name="免打扰结束")),
                ("bundle_minutes", models.PositiveSmallIntegerField(default=5, verbose_name="合并分钟数")),
                (
                    "unit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dispatch_preference",
                        to="grids.unit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dispatch_preference",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知设置",
                "verbose_name_plural": "通知设置",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit", None), ("user__isnull", False)),
                            models.Q(("unit__isnull", False), ("user", None)),
                            _connector="OR",
                        ),
                        name="preference_of_a_unit_or_a_person",
                    ),
                    models.CheckConstraint(condition=models.Q(("bundle_minutes__lte", 60)), name="preference_window"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from", None), ("quiet_until", None)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="preference_quiet_both",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(blank=True, default="", max_length=30, verbose_name="收件")),
                ("due_at", models.DateTimeField(verbose_name="最晚发出时间")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="relay.channel",
                        verbose_name="通道",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dispatch.notice",
                        verbose_name="通知",
                    ),
                ),
            ],
            options={
                "verbose_name": "待合并消息",
                "verbose_name_plural": "待合并消息",
                "indexes": [
                    models.Index(fields=["due_at"], name="waiting_due"),
                    models.Index(fields=["channel", "recipient", "due_at"], name="waiting_together"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("notice", "channel", "recipient"), name="waiting_once_a_notice_and_way"
                    )
                ],
            },
        ),
    ]

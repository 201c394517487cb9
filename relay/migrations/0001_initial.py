"""The shape of the relay."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_clock")]

    operations = [
        migrations.CreateModel(
            name="LogState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_sequence", models.BigIntegerField(default=0, verbose_name="最后序号")),
                ("published_sequence", models.BigIntegerField(default=0, verbose_name="已发布序号")),
                ("purged_sequence", models.BigIntegerField(default=0, verbose_name="已清理序号")),
            ],
            options={
                "verbose_name": "外发进度",
                "verbose_name_plural": "外发进度",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="log_state_single")],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=60, verbose_name="主题")),
                ("key", models.CharField(max_length=120, verbose_name="键")),
                ("payload", models.JSONField(verbose_name="内容")),
                (
                    "audience",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="可见范围",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="写入时间"
                    ),
                ),
                ("sequence", models.BigIntegerField(editable=False, null=True, unique=True, verbose_name="序号")),
            ],
            options={
                "verbose_name": "外发消息",
                "verbose_name_plural": "外发消息",
                "indexes": [
                    models.Index(condition=models.Q(("sequence", None)), fields=["id"], name="outbox_unsequenced"),
                    models.Index(fields=["created_at"], name="outbox_created"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.CharField(max_length=60, verbose_name="消费者")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "待投递"), ("leased", "投递中"), ("done", "已送达"), ("dead", "死信")],
                        default="pending",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("next_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="下次时间")),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="租约到期")),
                ("last_error", models.TextField(blank=True, default="", verbose_name="最近错误")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="relay.outboxmessage",
                        verbose_name="消息",
                    ),
                ),
            ],
            options={
                "verbose_name": "投递",
                "verbose_name_plural": "投递",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "leased"])),
                        fields=["next_at", "id"],
                        name="delivery_due",
                    ),
                    models.Index(condition=models.Q(("state", "dead")), fields=["id"], name="delivery_dead"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "consumer"), name="delivery_once_per_consumer"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "leased", "done", "dead"])),
                        name="delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "leased"), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_lease_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consumption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.CharField(max_length=60, verbose_name="消费者")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="relay.outboxmessage",
                        verbose_name="消息",
                    ),
                ),
            ],
            options={
                "verbose_name": "消费记录",
                "verbose_name_plural": "消费记录",
                "constraints": [models.UniqueConstraint(fields=("consumer", "message"), name="consumption_once")],
            },
        ),
    ]

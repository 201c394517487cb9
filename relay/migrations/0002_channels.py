"""Channels to the outside and what went through them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("relay", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "企业微信群机器人"),
                            ("dingtalk", "钉钉群机器人"),
                            ("sms", "短信网关"),
                            ("mail", "邮件"),
                            ("webhook", "HTTP 回调"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                ("address", models.CharField(max_length=300, verbose_name="地址")),
                ("sealed", models.TextField(blank=True, default="", editable=False, verbose_name="密钥（密文）")),
                ("options", models.JSONField(blank=True, default=dict, verbose_name="参数")),
                ("owner", models.CharField(blank=True, default="", max_length=30, verbose_name="归属")),
                ("rate_per_minute", models.PositiveSmallIntegerField(default=20, verbose_name="每分钟上限")),
                ("active", models.BooleanField(default=False, verbose_name="启用")),
                (
                    "recent",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(),
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="最近一分钟",
                    ),
                ),
                ("failures", models.PositiveIntegerField(default=0, editable=False, verbose_name="连续失败")),
                ("resumes_at", models.DateTimeField(editable=False, null=True, verbose_name="恢复尝试时间")),
                ("pauses", models.PositiveIntegerField(default=0, editable=False, verbose_name="连续熔断")),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="最近成功")),
                ("failed_at", models.DateTimeField(editable=False, null=True, verbose_name="最近失败")),
                (
                    "last_error",
                    models.CharField(blank=True, default="", editable=False, max_length=300, verbose_name="最近错误"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="建立时间"
                    ),
                ),
            ],
            options={
                "verbose_name": "消息通道",
                "verbose_name_plural": "消息通道",
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["wecom", "dingtalk", "sms", "mail", "webhook"])),
                        name="channel_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_per_minute__gte", 1), ("rate_per_minute__lte", 600)),
                        name="channel_rate_sensible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(blank=True, default="", max_length=30, verbose_name="收件")),
                ("scope", models.CharField(blank=True, default="", max_length=30, verbose_name="范围")),
                ("template", models.CharField(max_length=30, verbose_name="模板")),
                ("parameters", models.JSONField(default=dict, verbose_name="参数")),
                ("subject", models.CharField(max_length=80, verbose_name="标题")),
                ("text", models.CharField(max_length=500, verbose_name="正文")),
                ("url", models.CharField(blank=True, default="", max_length=300, verbose_name="链接")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="紧要")),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="幂等键")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "待发送"),
                            ("sending", "发送中"),
                            ("sent", "已发送"),
                            ("failed", "待重试"),
                            ("dead", "发送失败"),
                            ("suppressed", "不再发送"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("next_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="下次时间")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="租约到期")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="写入时间"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发送时间")),
                ("response_code", models.CharField(blank=True, default="", max_length=20, verbose_name="应答码")),
                ("response_excerpt", models.CharField(blank=True, default="", max_length=300, verbose_name="应答摘要")),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="处置理由")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="relay.channel",
                        verbose_name="通道",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处置人",
                    ),
                ),
            ],
            options={
                "verbose_name": "外发消息",
                "verbose_name_plural": "外发消息",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "sending", "failed"])),
                        fields=["channel", "-is_urgent", "next_at"],
                        name="outgoing_due",
                    ),
                    models.Index(fields=["scope", "-id"], name="outgoing_scope_newest"),
                    models.Index(
                        condition=models.Q(("state", "sent"), _negated=True),
                        fields=["state", "-id"],
                        name="outgoing_state_newest",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "sending", "sent", "failed", "dead", "suppressed"])
                        ),
                        name="outgoing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="outgoing_lease_ends",
                    ),
                ],
            },
        ),
    ]

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0007_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workorders", "0014_texts_without_reporters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[("device", "设备"), ("number", "手机号"), ("network", "网段")],
                        max_length=7,
                        verbose_name="对象",
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("shown", models.CharField(max_length=60, verbose_name="对象")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("wanted_until", models.DateTimeField(null=True, verbose_name="拟至")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="提前解除")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="解除人",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "限制",
                "verbose_name_plural": "限制",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="block_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=90))
                                ),
                            )
                        ),
                        name="block_ends_some_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=7))
                                ),
                            ),
                            ("confirmed_by__isnull", False),
                            _connector="OR",
                        ),
                        name="block_longer_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="block_confirmed_by_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="block_has_reason"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["mark", "ends_at"], name="block_in_force"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BlockAppeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                ("words", models.CharField(max_length=500, verbose_name="申诉")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待答复"), ("granted", "已解除限制"), ("refused", "维持限制")],
                        default="waiting",
                        max_length=7,
                        verbose_name="状态",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="答复")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appeals",
                        to="citizens.block",
                        verbose_name="限制",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
            ],
            options={
                "verbose_name": "限制申诉",
                "verbose_name_plural": "限制申诉",
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"),
                            models.Q(("decided_by__isnull", False), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="blockappeal_answered",
                    )
                ],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="blockappeal_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="类型")),
                ("object_id", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[("words", "含敏感词"), ("staff", "工作人员提交"), ("reader", "读者提交")],
                        max_length=6,
                        verbose_name="缘由",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("categories", models.JSONField(default=list, verbose_name="词类")),
                ("words", models.JSONField(default=list, verbose_name="命中的词")),
                ("version", models.PositiveIntegerField(null=True, verbose_name="词表版本")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待审核"),
                            ("shown", "可以公开"),
                            ("hidden", "不公开"),
                            ("deleting", "待确认删除"),
                            ("deleted", "已删除"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("flagged_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                ("decision", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "内容审核",
                "verbose_name_plural": "内容审核",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="flag_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"),
                            models.Q(("decided_by__isnull", False), models.Q(("decision", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="flag_decided_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "deleted"), _negated=True),
                            models.Q(
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("decided_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="flag_deleted_by_two",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "deleting"))), fields=["id"], name="flag_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WordList",
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
                ("drafted_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="起草时间")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="审批意见")),
                ("version", models.PositiveIntegerField(null=True, unique=True, verbose_name="版本")),
                ("contents", models.TextField(max_length=200000, verbose_name="词表")),
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
                "verbose_name": "敏感词表",
                "verbose_name_plural": "敏感词表",
                "ordering": ("-id",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            ("drafted_by", None),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="citizens_wordlist_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", None), ("state", "approved"), _connector="OR"),
                        name="wordlist_version_is_approved",
                    ),
                ],
            },
        ),
    ]

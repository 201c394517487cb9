"""What follows the end of a citizen's report; a draw is never changed."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION citizens_draw_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'draws are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER draw_append_only BEFORE UPDATE OR DELETE ON citizens_draw
FOR EACH ROW EXECUTE FUNCTION citizens_draw_is_append_only();
"""
UNGUARD = """
DROP TRIGGER draw_append_only ON citizens_draw;
DROP FUNCTION citizens_draw_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0003_privacy"),
        ("grids", "0009_tile_layers"),
        ("workorders", "0011_risen_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="办结日期")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="抽查比例")),
                ("population", models.JSONField(verbose_name="名单")),
                ("population_hash", models.CharField(max_length=64, verbose_name="名单摘要")),
                ("salt", models.CharField(max_length=64, verbose_name="随机数")),
                ("seed", models.CharField(max_length=64, verbose_name="种子")),
                ("drawn", models.JSONField(verbose_name="抽中")),
                ("at", models.DateTimeField(verbose_name="抽取时间")),
                (
                    "street",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.street",
                        verbose_name="街道",
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查抽样",
                "verbose_name_plural": "抽查抽样",
                "ordering": ("-day", "street_id"),
                "constraints": [models.UniqueConstraint(fields=("street", "day"), name="draw_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="PublishedPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("path", models.CharField(blank=True, max_length=120)),
                ("rectangles", models.JSONField(default=list, verbose_name="遮挡区域")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤下时间")),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.attachment",
                        verbose_name="附件",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "公开图片",
                "verbose_name_plural": "公开图片",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("attachment",),
                        name="publishedpicture_decided_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Satisfaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "way",
                    models.CharField(
                        choices=[("page", "网页"), ("sms", "短信链接"), ("call", "电话回访")],
                        max_length=4,
                        verbose_name="途径",
                    ),
                ),
                (
                    "solved",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="解决了吗",
                    ),
                ),
                (
                    "satisfied",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="满意吗",
                    ),
                ),
                (
                    "attitude",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="态度好吗",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="补充")),
                ("first_at", models.DateTimeField(verbose_name="首次答复")),
                ("at", models.DateTimeField(verbose_name="最近答复")),
                (
                    "caller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="citizens.receipt"
                    ),
                ),
            ],
            options={
                "verbose_name": "满意度",
                "verbose_name_plural": "满意度",
                "constraints": [
                    models.UniqueConstraint(fields=("order", "generation"), name="satisfaction_once_a_round"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("solved__isnull", True), models.Q(("solved__gte", 1), ("solved__lte", 5)), _connector="OR"
                        ),
                        name="satisfaction_solved_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfied__isnull", True),
                            models.Q(("satisfied__gte", 1), ("satisfied__lte", 5)),
                            _connector="OR",
                        ),
                        name="satisfaction_satisfied_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attitude__isnull", True),
                            models.Q(("attitude__gte", 1), ("attitude__lte", 5)),
                            _connector="OR",
                        ),
                        name="satisfaction_attitude_grade",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SatisfactionChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[("page", "网页"), ("sms", "短信链接"), ("call", "电话回访")], max_length=4
                    ),
                ),
                ("solved", models.PositiveSmallIntegerField(null=True)),
                ("satisfied", models.PositiveSmallIntegerField(null=True)),
                ("attitude", models.PositiveSmallIntegerField(null=True)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "caller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "satisfaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="citizens.satisfaction"
                    ),
                ),
            ],
            options={
                "verbose_name": "满意度记录",
                "verbose_name_plural": "满意度记录",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="SpotCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待抽查"),
                            ("passed", "抽查通过"),
                            ("failed", "抽查不通过"),
                            ("overtaken", "工单已重启"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("found", models.CharField(blank=True, max_length=500, verbose_name="抽查情况")),
                ("at", models.DateTimeField(null=True, verbose_name="抽查时间")),
                (
                    "checker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="citizens.draw"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查",
                "verbose_name_plural": "抽查",
                "constraints": [models.UniqueConstraint(fields=("draw", "order"), name="spotcheck_once")],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["draw"], name="spotcheck_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="Callback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="占用到")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="拨打次数")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次拨打")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("reached", "已接通"), ("refused", "拒绝回访"), ("missed", "未接通")],
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "caller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
            ],
            options={
                "verbose_name": "回访",
                "verbose_name_plural": "回访",
                "constraints": [models.UniqueConstraint(fields=("order", "generation"), name="callback_once_a_round")],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


def person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=label,
    )


def of_order(name: str) -> models.OneToOneField:
    return models.OneToOneField(
        on_delete=django.db.models.deletion.CASCADE,
        primary_key=True,
        related_name=name,
        serialize=False,
        to="workorders.workorder",
    )


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


KINDS = [("category", "事项分类"), ("urgency", "紧急程度")]
STATES = [("draft", "未启用"), ("proposed", "待第二人确认"), ("active", "使用中"), ("retired", "已停用")]
TRAINING = [("waiting", "排队中"), ("running", "训练中"), ("done", "已完成"), ("failed", "未完成")]
NOW = lianqin.kernel.clock.Now()
TWO = models.Q(("approved_by__isnull", False), ("proposed_by__isnull", False))


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0006_open_data"),
        ("workorders", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TextModel",
            fields=[
                ("id", key()),
                ("kind", models.CharField(choices=KINDS, max_length=10, verbose_name="读什么")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("state", models.CharField(choices=STATES, default="draft", max_length=10, verbose_name="状态")),
                ("trained_at", models.DateTimeField(db_default=NOW, verbose_name="训练时间")),
                ("trained_on", models.JSONField(verbose_name="训练数据")),
                ("scores", models.JSONField(verbose_name="评测结果")),
                ("threshold", models.FloatField(verbose_name="建议的最低把握")),
                ("digest", models.CharField(max_length=64, verbose_name="参数摘要")),
                ("automatic", models.BooleanField(default=False, verbose_name="自动启用")),
                ("activated_at", models.DateTimeField(null=True, verbose_name="启用时间")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("approved_by", person("确认人")),
                ("proposed_by", person("提请人")),
            ],
            options={
                "verbose_name": "文本模型",
                "verbose_name_plural": "文本模型",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="textmodel_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(state="active"), fields=("kind",), name="textmodel_one_active"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")),
                        name="textmodel_second_person",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="active") | models.Q(automatic=True) | TWO,
                        name="textmodel_active_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextModelWeights",
            fields=[
                (
                    "model",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="weights",
                        serialize=False,
                        to="citizens.textmodel",
                    ),
                ),
                ("packet", models.BinaryField()),
            ],
            options={"verbose_name": "模型参数", "verbose_name_plural": "模型参数"},
        ),
        migrations.CreateModel(
            name="OrderSignature",
            fields=[
                ("order", of_order("signature")),
                (
                    "buckets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None, verbose_name="片段"
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=NOW, verbose_name="时间")),
            ],
            options={
                "verbose_name": "文本指纹",
                "verbose_name_plural": "文本指纹",
                "indexes": [models.Index(fields=["made_at"], name="ordersignature_made")],
            },
        ),
        migrations.CreateModel(
            name="ReadSuggestion",
            fields=[
                ("order", of_order("read_suggestion")),
                ("code", models.CharField(max_length=16, verbose_name="建议分类")),
                ("confidence", models.FloatField(verbose_name="把握")),
                ("suggested_at", models.DateTimeField(db_default=NOW, verbose_name="时间")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="citizens.textmodel",
                        verbose_name="模型",
                    ),
                ),
            ],
            options={"verbose_name": "读出的建议", "verbose_name_plural": "读出的建议"},
        ),
        migrations.CreateModel(
            name="ReadingTraining",
            fields=[
                ("id", key()),
                ("state", models.CharField(choices=TRAINING, default="waiting", max_length=8, verbose_name="状态")),
                ("asked_at", models.DateTimeField(db_default=NOW, verbose_name="发起时间")),
                ("beaten_at", models.DateTimeField(null=True, verbose_name="最近进展")),
                ("texts_read", models.PositiveIntegerField(default=0, verbose_name="已读工单数")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("asked_by", person("发起人")),
            ],
            options={
                "verbose_name": "模型训练",
                "verbose_name_plural": "模型训练",
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(state__in=("waiting", "running")),
                        name="readingtraining_one_under_way",
                    )
                ],
            },
        ),
    ]

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("grids", "0003_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroundPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("drafted_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="起草时间")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="审批意见")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "待审批"),
                            ("refused", "已退回"),
                            ("withdrawn", "已撤销"),
                            ("scheduled", "待生效"),
                            ("in_force", "已生效"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("effective_on", models.DateField(verbose_name="生效日期")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("in_force_at", models.DateTimeField(blank=True, null=True, verbose_name="生效时间")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="未能生效的原因")),
                ("outcome", models.JSONField(blank=True, default=dict, verbose_name="生效结果")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
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
                "verbose_name": "网格调整方案",
                "verbose_name_plural": "网格调整方案",
                "ordering": ("-pk",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            ("drafted_by", None),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="grids_groundplan_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "refused",
                                    "withdrawn",
                                    "scheduled",
                                    "in_force",
                                    "cancelled",
                                    "approved",
                                ],
                            )
                        ),
                        name="ground_plan_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_force"), _negated=True),
                            ("in_force_at__isnull", False),
                            _connector="OR",
                        ),
                        name="ground_plan_in_force_since",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "scheduled")), fields=["effective_on"], name="ground_plan_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "in_force")), fields=["in_force_at"], name="ground_plan_recent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GridVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("comprehensive", "综合网格"), ("dedicated", "专属网格")],
                        max_length=14,
                        verbose_name="类型",
                    ),
                ),
                ("party_branch", models.CharField(blank=True, max_length=80, verbose_name="党支部")),
                ("occupier_name", models.CharField(blank=True, max_length=80, verbose_name="占用单位名称")),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="边界")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                ("population", models.PositiveIntegerField(default=0, verbose_name="人口")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(verbose_name="停用日期")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="grids.grid",
                        verbose_name="网格",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_versions",
                        to="grids.groundplan",
                        verbose_name="方案",
                    ),
                ),
            ],
            options={
                "verbose_name": "网格版本",
                "verbose_name_plural": "网格版本",
                "ordering": ("grid", "valid_from"),
                "constraints": [
                    models.UniqueConstraint(fields=("grid", "valid_from"), name="grid_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="grid_version_lasts_a_day"
                    ),
                ],
                "indexes": [models.Index(fields=["valid_to", "valid_from"], name="grid_version_days")],
            },
        ),
        migrations.CreateModel(
            name="PlannedCommunity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outline", models.JSONField(blank=True, null=True, verbose_name="边界")),
                ("base", models.CharField(max_length=64, verbose_name="起草时的网格")),
                ("faults", models.JSONField(blank=True, default=list, verbose_name="缺陷")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="communities",
                        to="grids.groundplan",
                        verbose_name="方案",
                    ),
                ),
            ],
            options={
                "verbose_name": "调整的社区",
                "verbose_name_plural": "调整的社区",
                "ordering": ("community__code",),
                "constraints": [models.UniqueConstraint(fields=("plan", "community"), name="planned_community_once")],
            },
        ),
        migrations.CreateModel(
            name="PlannedGrid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=15, verbose_name="网格代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("comprehensive", "综合网格"), ("dedicated", "专属网格")],
                        default="comprehensive",
                        max_length=14,
                        verbose_name="类型",
                    ),
                ),
                ("party_branch", models.CharField(blank=True, max_length=80, verbose_name="党支部")),
                ("occupier_name", models.CharField(blank=True, max_length=80, verbose_name="占用单位名称")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                ("population", models.PositiveIntegerField(default=0, verbose_name="人口")),
                ("boundary", models.JSONField(blank=True, null=True, verbose_name="边界")),
                (
                    "origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=15),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="来源网格",
                    ),
                ),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="方案改动的字段",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "occupier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="占用单位",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grids",
                        to="grids.groundplan",
                        verbose_name="方案",
                    ),
                ),
            ],
            options={
                "verbose_name": "方案中的网格",
                "verbose_name_plural": "方案中的网格",
                "ordering": ("code",),
                "constraints": [models.UniqueConstraint(fields=("plan", "code"), name="planned_grid_once")],
            },
        ),
        migrations.CreateModel(
            name="PlanStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("start", "起草"),
                            ("import", "导入边界"),
                            ("split", "拆分"),
                            ("merge", "合并"),
                            ("reshape", "调整边界"),
                            ("move", "移动顶点"),
                            ("draw", "新绘网格"),
                            ("remove", "删除网格"),
                            ("describe", "修改属性"),
                            ("repair", "修复缝隙"),
                        ],
                        max_length=10,
                        verbose_name="操作",
                    ),
                ),
                ("at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="时间")),
                ("detail", models.JSONField(default=dict, verbose_name="内容")),
                ("before", models.JSONField(default=dict, verbose_name="操作前")),
                ("outlines", models.JSONField(default=dict, verbose_name="操作前的社区边界")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="grids.groundplan",
                        verbose_name="方案",
                    ),
                ),
            ],
            options={
                "verbose_name": "方案操作",
                "verbose_name_plural": "方案操作",
                "ordering": ("plan", "number"),
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="plan_step_once")],
            },
        ),
    ]

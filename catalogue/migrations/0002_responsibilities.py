"""The responsibility list, version by version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("grids", "0002_officers_hold_no_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResponsibilityVersion",
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
                ("number", models.PositiveIntegerField(blank=True, null=True, unique=True, verbose_name="版本号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="调整说明")),
                ("effective_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="catalogue.responsibilityversion",
                        verbose_name="在此基础上修改",
                    ),
                ),
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
                "verbose_name": "权责清单",
                "verbose_name_plural": "权责清单",
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
                        name="catalogue_responsibilityversion_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(("effective_from__isnull", False), ("number__isnull", False)),
                            _connector="OR",
                        ),
                        name="responsibility_version_numbered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="如 3.2.1", max_length=16, verbose_name="条目编号")),
                ("name", models.CharField(max_length=120, verbose_name="权责事项")),
                (
                    "domain",
                    models.CharField(
                        choices=[
                            ("appearance", "市容环境"),
                            ("building", "违法建设"),
                            ("facilities", "市政设施"),
                            ("greening", "园林绿化"),
                            ("environment", "生态环保"),
                            ("water", "河湖水务"),
                            ("traffic", "交通秩序"),
                            ("safety", "安全生产"),
                            ("fire", "消防安全"),
                            ("market", "市场监管"),
                            ("security", "社会治安"),
                            ("livelihood", "民生服务"),
                            ("housing", "房屋物业"),
                            ("disputes", "矛盾纠纷"),
                            ("other", "综合事务"),
                        ],
                        max_length=12,
                        verbose_name="领域",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("street", "一级 街道"), ("district", "二级 区")],
                        max_length=8,
                        verbose_name="响应级别",
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("grid_kind", "网格类型"),
                            ("community", "社区"),
                            ("street", "街道"),
                            ("district", "全区"),
                        ],
                        default="district",
                        max_length=10,
                        verbose_name="适用范围",
                    ),
                ),
                (
                    "grid_kind",
                    models.CharField(
                        blank=True,
                        choices=[("comprehensive", "综合网格"), ("dedicated", "专属网格")],
                        max_length=14,
                        verbose_name="网格类型",
                    ),
                ),
                ("lead_function", models.CharField(blank=True, max_length=20, verbose_name="牵头职能")),
                ("assisting", models.JSONField(blank=True, default=list, verbose_name="协助")),
                ("legal_basis", models.CharField(blank=True, max_length=300, verbose_name="法律依据")),
                ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="办理时限")),
                (
                    "amount_unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "分钟"), ("workdays", "工作日")],
                        max_length=8,
                        verbose_name="时限单位",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="备注")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responsibilities",
                        to="catalogue.category",
                        verbose_name="事项分类",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="牵头单位",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.street",
                        verbose_name="街道",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="catalogue.responsibilityversion",
                        verbose_name="权责清单",
                    ),
                ),
            ],
            options={
                "verbose_name": "权责条目",
                "verbose_name_plural": "权责条目",
                "ordering": ("version", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code", "level", "street", "community", "grid_kind"),
                        name="responsibility_once_a_place",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area", "district"), ("community", None), ("grid_kind", ""), ("street", None)),
                            models.Q(
                                ("area", "street"), ("community", None), ("grid_kind", ""), ("street__isnull", False)
                            ),
                            models.Q(
                                ("area", "community"), ("community__isnull", False), ("grid_kind", ""), ("street", None)
                            ),
                            models.Q(
                                ("area", "grid_kind"),
                                ("community", None),
                                ("street", None),
                                models.Q(("grid_kind", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="responsibility_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lead_unit", None), ("lead_function", ""), _connector="OR"),
                        name="responsibility_one_lead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("amount_unit", "")),
                            models.Q(("amount__gt", 0), models.Q(("amount_unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="responsibility_term",
                    ),
                ],
            },
        ),
    ]

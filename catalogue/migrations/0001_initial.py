import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("grids", "__first__"),
        ("kernel", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="名称")),
                ("stamp", models.UUIDField(default=uuid.uuid4, verbose_name="版本戳")),
            ],
            options={
                "verbose_name": "目录版本",
                "verbose_name_plural": "目录版本",
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=64, verbose_name="名称")),
                ("level", models.PositiveSmallIntegerField(choices=[(1, "大类"), (2, "小类")], verbose_name="层级")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                ("pinyin", models.CharField(blank=True, max_length=255, verbose_name="拼音")),
                ("registration_conditions", models.JSONField(blank=True, default=list, verbose_name="立案条件")),
                ("closing_conditions", models.JSONField(blank=True, default=list, verbose_name="结案条件")),
                ("evidence_required", models.BooleanField(default=False, verbose_name="须有处置前后照片")),
                ("vertical", models.BooleanField(default=False, verbose_name="垂直管理")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "一般"), ("urgent", "紧急"), ("critical", "特急")],
                        default="normal",
                        max_length=16,
                        verbose_name="默认紧急程度",
                    ),
                ),
                (
                    "deadline_class",
                    models.CharField(
                        choices=[("standard", "普通"), ("difficult", "疑难")],
                        default="standard",
                        max_length=16,
                        verbose_name="时限类别",
                    ),
                ),
                ("street_function", models.CharField(blank=True, max_length=32, verbose_name="街道默认承办职能")),
                ("district_function", models.CharField(blank=True, max_length=32, verbose_name="区级默认承办职能")),
                ("illustrative", models.BooleanField(default=True, verbose_name="示例数据")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalogue.category",
                        verbose_name="所属大类",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项分类",
                "verbose_name_plural": "事项分类",
                "ordering": ("order", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", 1), ("parent__isnull", True)),
                            models.Q(("level", 2), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="category_leaf_has_parent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("accept", "受理"),
                            ("resolve", "办结"),
                            ("dispatch", "派遣"),
                            ("acknowledge", "签收"),
                            ("handle", "处置"),
                            ("verify", "核查"),
                            ("review", "挂账复核"),
                            ("decide", "审批"),
                            ("callback", "回访"),
                        ],
                        max_length=16,
                        verbose_name="环节",
                    ),
                ),
                (
                    "deadline_class",
                    models.CharField(
                        blank=True,
                        choices=[("standard", "普通"), ("difficult", "疑难")],
                        max_length=16,
                        verbose_name="时限类别",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=32, verbose_name="来源")),
                (
                    "urgency",
                    models.CharField(
                        blank=True,
                        choices=[("normal", "一般"), ("urgent", "紧急"), ("critical", "特急")],
                        max_length=16,
                        verbose_name="紧急程度",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("street", "一级 街道"), ("district", "二级 区")],
                        max_length=16,
                        verbose_name="响应级别",
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="时长")),
                (
                    "unit",
                    models.CharField(
                        choices=[("minutes", "分钟"), ("workdays", "工作日")], max_length=16, verbose_name="单位"
                    ),
                ),
                ("around_the_clock", models.BooleanField(default=False, verbose_name="全天计时")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="catalogue.category",
                        verbose_name="事项分类",
                    ),
                ),
            ],
            options={
                "verbose_name": "时限规则",
                "verbose_name_plural": "时限规则",
                "ordering": ("stage", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="deadline_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("around_the_clock", False), ("unit", "minutes"), _connector="OR"),
                        name="deadline_workdays_by_calendar",
                    ),
                    models.UniqueConstraint(
                        fields=("stage", "category", "deadline_class", "source", "urgency", "level", "valid_from"),
                        name="deadline_rule_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponsibilityProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_number", models.CharField(max_length=32, verbose_name="来自工单")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "待定"), ("accepted", "已采纳"), ("refused", "未采纳")],
                        default="proposed",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="提出时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="catalogue.category",
                        verbose_name="事项分类",
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
                        verbose_name="决定人",
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="承办单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "权责建议",
                "verbose_name_plural": "权责建议",
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(fields=("order_number", "category", "unit"), name="proposal_once_per_order")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "accepted")),
                        fields=["category", "street", "-id"],
                        name="proposal_accepted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="版本")),
                ("name", models.CharField(max_length=64, verbose_name="名称")),
                (
                    "slots",
                    models.JSONField(help_text='如 [["09:00","12:00"],["13:30","17:30"]]', verbose_name="每日工作时段"),
                ),
                ("known_from", models.DateField(verbose_name="放假安排起始日期")),
                (
                    "known_until",
                    models.DateField(help_text="此后的日期按周一至周五推算", verbose_name="放假安排截止日期"),
                ),
                ("published_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="发布时间")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作日历",
                "verbose_name_plural": "工作日历",
                "ordering": ("-version",),
            },
        ),
        migrations.CreateModel(
            name="CalendarRecomputation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed_from", models.DateField(verbose_name="变化起始日期")),
                ("changed_until", models.DateField(verbose_name="变化截止日期")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待批准"),
                            ("approved", "已批准"),
                            ("refused", "未批准"),
                            ("applied", "已执行"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="提出时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("order_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="重算工单数")),
                (
                    "approved_by",
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
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recomputations",
                        to="catalogue.workcalendar",
                        verbose_name="新日历",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.workcalendar",
                        verbose_name="原日历",
                    ),
                ),
            ],
            options={
                "verbose_name": "时限重算",
                "verbose_name_plural": "时限重算",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            ("proposed_by__isnull", True),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="recomputation_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("calendar",), name="recomputation_one_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="日期")),
                ("workday", models.BooleanField(verbose_name="工作日")),
                ("slots", models.JSONField(blank=True, null=True, verbose_name="当日工作时段")),
                ("note", models.CharField(blank=True, max_length=64, verbose_name="说明")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="catalogue.workcalendar",
                        verbose_name="工作日历",
                    ),
                ),
            ],
            options={
                "verbose_name": "特殊日期",
                "verbose_name_plural": "特殊日期",
                "ordering": ("date",),
                "constraints": [models.UniqueConstraint(fields=("calendar", "date"), name="calendar_day_once")],
            },
        ),
    ]

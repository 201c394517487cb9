import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_responsibilities"),
        ("grids", "0002_officers_hold_no_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="calendarday",
            name="own",
            field=models.BooleanField(default=True, verbose_name="本日历自定"),
        ),
        migrations.AddField(
            model_name="calendarrecomputation",
            name="order_total",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="待重算工单数"),
        ),
        migrations.AddField(
            model_name="workcalendar",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="适用单位",
            ),
        ),
        migrations.AddField(
            model_name="workcalendar",
            name="week",
            field=models.JSONField(
                blank=True,
                help_text="周一到周日各自的时段；空着即周一至周五同每日时段",
                null=True,
                verbose_name="每周工作时段",
            ),
        ),
        migrations.CreateModel(
            name="CalendarDraft",
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
                ("name", models.CharField(max_length=64, verbose_name="名称")),
                ("slots", models.JSONField(verbose_name="每日工作时段")),
                ("week", models.JSONField(blank=True, null=True, verbose_name="每周工作时段")),
                ("known_until", models.DateField(verbose_name="放假安排截止日期")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="依据与说明")),
                (
                    "calendar",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="catalogue.workcalendar",
                        verbose_name="发布的日历",
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
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="适用单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作日历草稿",
                "verbose_name_plural": "工作日历草稿",
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
                        name="catalogue_calendardraft_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDraftDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="日期")),
                ("workday", models.BooleanField(verbose_name="工作日")),
                ("slots", models.JSONField(blank=True, null=True, verbose_name="当日工作时段")),
                ("note", models.CharField(blank=True, max_length=64, verbose_name="说明")),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="catalogue.calendardraft",
                        verbose_name="草稿",
                    ),
                ),
            ],
            options={
                "verbose_name": "草稿日期",
                "verbose_name_plural": "草稿日期",
                "ordering": ("date",),
                "constraints": [models.UniqueConstraint(fields=("draft", "date"), name="calendar_draft_day_once")],
            },
        ),
        migrations.CreateModel(
            name="DeadlineDraft",
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
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="调整理由")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("in_force_from", models.DateField(blank=True, null=True, verbose_name="实际生效日期")),
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
                "verbose_name": "时限调整草稿",
                "verbose_name_plural": "时限调整草稿",
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
                        name="catalogue_deadlinedraft_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineChange",
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
                ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="时长")),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[("minutes", "分钟"), ("workdays", "工作日")],
                        max_length=16,
                        verbose_name="单位",
                    ),
                ),
                ("around_the_clock", models.BooleanField(default=False, verbose_name="全天计时")),
                ("before", models.JSONField(blank=True, null=True, verbose_name="原规则")),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.category",
                        verbose_name="事项分类",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="catalogue.deadlinedraft",
                        verbose_name="草稿",
                    ),
                ),
            ],
            options={
                "verbose_name": "时限调整",
                "verbose_name_plural": "时限调整",
                "ordering": ("stage", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("draft", "stage", "category", "deadline_class", "source", "urgency", "level"),
                        name="deadline_change_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("unit", "")),
                            models.Q(("amount__gt", 0), models.Q(("unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="deadline_change_has_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskAdmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, verbose_name="任务名称")),
                ("asked", models.TextField(blank=True, max_length=2000, verbose_name="需要街道、社区做什么")),
                ("legal_basis", models.TextField(blank=True, max_length=1000, verbose_name="法律、政策依据")),
                ("registration_conditions", models.JSONField(blank=True, default=list, verbose_name="立案条件")),
                ("closing_conditions", models.JSONField(blank=True, default=list, verbose_name="结案条件")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "一般"), ("urgent", "紧急"), ("critical", "特急")],
                        default="normal",
                        max_length=16,
                        verbose_name="紧急程度",
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
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("once", "一次性"),
                            ("daily", "每日"),
                            ("weekly", "每周"),
                            ("monthly", "每月"),
                            ("quarterly", "每季度"),
                            ("yearly", "每年"),
                            ("as_needed", "按需"),
                        ],
                        default="as_needed",
                        max_length=12,
                        verbose_name="频次",
                    ),
                ),
                ("people_needed", models.PositiveIntegerField(default=0, verbose_name="每个街道需要人数")),
                (
                    "budget_yuan",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="随事划转经费（元）"),
                ),
                ("budget_source", models.CharField(blank=True, max_length=120, verbose_name="经费来源")),
                ("budget_period", models.CharField(blank=True, max_length=60, verbose_name="经费期间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "待联勤办受理"),
                            ("office_review", "联勤办审核中"),
                            ("district_approval", "待区级审批"),
                            ("admitted", "已准入"),
                            ("refused", "不予准入"),
                            ("sent_back", "退回修改"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="起草时间")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="本环节限期")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "applicant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "approver",
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
                    "category",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admission",
                        to="catalogue.category",
                        verbose_name="形成的事项",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.category",
                        verbose_name="所属大类",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="申请单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项准入申请",
                "verbose_name_plural": "事项准入申请",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reviewer", None),
                                ("applicant", None),
                                models.Q(("reviewer", models.F("applicant")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("approver", None),
                                ("applicant", None),
                                models.Q(("approver", models.F("applicant")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("approver", None),
                                ("reviewer", None),
                                models.Q(("approver", models.F("reviewer")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="admission_three_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category", None), ("state", "admitted"), _connector="OR"),
                        name="admission_category_only_admitted",
                    ),
                ],
                "indexes": [models.Index(fields=["unit", "-id"], name="admission_of_unit")],
            },
        ),
        migrations.CreateModel(
            name="AdmissionPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("path", models.CharField(max_length=120)),
                ("file_name", models.CharField(max_length=120, verbose_name="文件名")),
                ("mime", models.CharField(max_length=80)),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="上传时间")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="catalogue.taskadmission",
                        verbose_name="准入申请",
                    ),
                ),
            ],
            options={
                "verbose_name": "准入附件",
                "verbose_name_plural": "准入附件",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="AdmissionOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("submit", "提交申请"),
                            ("take_up", "受理审核"),
                            ("send_back", "退回修改"),
                            ("forward", "审核通过，报区审批"),
                            ("admit", "批准准入"),
                            ("refuse", "不予准入"),
                            ("withdraw", "撤回申请"),
                        ],
                        max_length=12,
                        verbose_name="步骤",
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "待联勤办受理"),
                            ("office_review", "联勤办审核中"),
                            ("district_approval", "待区级审批"),
                            ("admitted", "已准入"),
                            ("refused", "不予准入"),
                            ("sent_back", "退回修改"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=20,
                        verbose_name="之后的状态",
                    ),
                ),
                ("opinion", models.CharField(blank=True, max_length=1000, verbose_name="意见")),
                ("body", models.CharField(max_length=80, verbose_name="经办单位")),
                ("at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "admission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinions",
                        to="catalogue.taskadmission",
                        verbose_name="准入申请",
                    ),
                ),
            ],
            options={
                "verbose_name": "准入意见",
                "verbose_name_plural": "准入意见",
                "ordering": ("id",),
            },
        ),
    ]

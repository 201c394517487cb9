"""Training and building stewards."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock

GUARD = """
CREATE FUNCTION grids_stewardevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of stewards are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER steward_event_append_only BEFORE UPDATE OR DELETE ON grids_stewardevent
FOR EACH ROW EXECUTE FUNCTION grids_stewardevent_is_append_only();
ALTER TABLE grids_publicnotice ADD CONSTRAINT notice_lasts_full_days
CHECK (ends_at >= starts_at + make_interval(hours => 24 * days));
"""
UNGUARD = """
ALTER TABLE grids_publicnotice DROP CONSTRAINT notice_lasts_full_days;
DROP TRIGGER steward_event_append_only ON grids_stewardevent;
DROP FUNCTION grids_stewardevent_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("grids", "0005_people"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="课程代码")),
                ("name", models.CharField(max_length=80, verbose_name="课程名称")),
                ("pinyin", models.CharField(blank=True, max_length=200, verbose_name="拼音")),
                ("outline", models.TextField(blank=True, verbose_name="内容提要")),
                ("hours", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="学时")),
                (
                    "valid_months",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="留空为长期有效", null=True, verbose_name="有效期(月)"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "培训课程",
                "verbose_name_plural": "培训课程",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="楼栋代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("pinyin", models.CharField(blank=True, max_length=200, verbose_name="拼音")),
                ("lon", models.FloatField(blank=True, null=True, verbose_name="经度")),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                ("households", models.PositiveIntegerField(default=0, verbose_name="户数")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="grids.grid",
                        verbose_name="网格",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋",
                "verbose_name_plural": "楼栋",
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat", None), ("lon", None)),
                            models.Q(("lat__isnull", False), ("lon__isnull", False)),
                            _connector="OR",
                        ),
                        name="building_whole_point",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("district_commander", "区指挥长"),
                            ("district_dispatcher", "区派遣员"),
                            ("street_dispatcher", "街道派遣员"),
                            ("community_officer", "社区联勤员"),
                            ("department_handler", "处置人员"),
                            ("grid_worker", "网格员"),
                            ("supervisor", "督查员"),
                            ("unit_leader", "负责人"),
                            ("group_member", "成员"),
                            ("building_steward", "楼栋长"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("grid_leader", "网格长"),
                            ("full_time_worker", "专职网格员"),
                            ("part_time_worker", "兼职网格员"),
                        ],
                        max_length=20,
                        verbose_name="岗位",
                    ),
                ),
                ("since", models.DateField(verbose_name="起始日期")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="grids.course",
                        verbose_name="课程",
                    ),
                ),
            ],
            options={
                "verbose_name": "上岗要求",
                "verbose_name_plural": "上岗要求",
                "ordering": ("course", "role", "post"),
                "constraints": [
                    models.UniqueConstraint(fields=("course", "role", "post"), name="requirement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("post", ""), ("role", "grid_worker"), _connector="OR"),
                        name="requirement_post_of_grid_worker",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentList",
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
                ("quarter", models.DateField(verbose_name="季度")),
                (
                    "total",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=10, verbose_name="合计"),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_lists",
                        to="grids.community",
                        verbose_name="社区",
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
                "verbose_name": "补贴发放表",
                "verbose_name_plural": "补贴发放表",
                "ordering": ("-quarter", "-pk"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            ("drafted_by", None),
                            models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="grids_paymentlist_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("days", models.PositiveSmallIntegerField(verbose_name="公示天数")),
                ("starts_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="公示开始")),
                ("ends_at", models.DateTimeField(verbose_name="公示截止")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="公示结束")),
                ("contact", models.CharField(blank=True, max_length=120, verbose_name="意见反映方式")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长公示",
                "verbose_name_plural": "楼栋长公示",
                "ordering": ("-starts_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("ends_at")), _connector="OR"),
                        name="notice_ends_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="notice_lasts"
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["ends_at"], name="notice_running")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recruitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("text", models.TextField(blank=True, verbose_name="征集内容")),
                ("places", models.PositiveSmallIntegerField(verbose_name="征集名额")),
                ("opens_on", models.DateField(verbose_name="报名开始")),
                ("closes_on", models.DateField(verbose_name="报名截止")),
                ("created_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="发布时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recruitments",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长征集",
                "verbose_name_plural": "楼栋长征集",
                "ordering": ("-opens_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on")), ("places__gte", 1)),
                        name="recruitment_window",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Steward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("pinyin", models.CharField(blank=True, max_length=200, verbose_name="拼音")),
                ("phone", models.CharField(max_length=20, verbose_name="电话")),
                (
                    "birth_year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="出生年份",
                    ),
                ),
                ("statement", models.CharField(blank=True, max_length=500, verbose_name="自荐理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "待审核"),
                            ("reviewed", "待面试"),
                            ("interviewed", "待公示"),
                            ("on_notice", "公示中"),
                            ("training", "岗前培训"),
                            ("on_duty", "在岗"),
                            ("left", "已卸任"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="applied",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "score",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="面试成绩"),
                ),
                ("applied_on", models.DateField(verbose_name="报名日期")),
                ("on_duty_since", models.DateField(blank=True, null=True, verbose_name="上岗日期")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="卸任日期")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stewards",
                        to="grids.building",
                        verbose_name="楼栋",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stewards",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="grids.publicnotice",
                        verbose_name="公示",
                    ),
                ),
                (
                    "recruitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="grids.recruitment",
                        verbose_name="征集",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长",
                "verbose_name_plural": "楼栋长",
                "ordering": ("number",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "applied",
                                    "reviewed",
                                    "interviewed",
                                    "on_notice",
                                    "training",
                                    "on_duty",
                                    "left",
                                    "refused",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="steward_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("on_duty", "left")), _negated=True),
                            ("on_duty_since__isnull", False),
                            _connector="OR",
                        ),
                        name="steward_on_duty_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "on_notice"), _negated=True), ("notice__isnull", False), _connector="OR"
                        ),
                        name="steward_on_a_notice",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("applied", "reviewed", "interviewed", "on_notice", "training", "on_duty"))
                        ),
                        fields=("name", "phone"),
                        name="steward_one_open_file",
                    ),
                ],
                "indexes": [models.Index(fields=["community", "state"], name="steward_by_place")],
            },
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("months", models.PositiveSmallIntegerField(verbose_name="月数")),
                ("committed", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="应发基数")),
                (
                    "grade",
                    models.CharField(
                        choices=[("excellent", "优秀"), ("qualified", "合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="等次",
                    ),
                ),
                ("share", models.PositiveSmallIntegerField(verbose_name="比例(%)")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="实发")),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="grids.paymentlist",
                        verbose_name="发放表",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.steward",
                        verbose_name="楼栋长",
                    ),
                ),
            ],
            options={
                "verbose_name": "发放明细",
                "verbose_name_plural": "发放明细",
                "ordering": ("payment", "steward"),
                "constraints": [models.UniqueConstraint(fields=("payment", "steward"), name="payment_line_once")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_by", models.CharField(blank=True, max_length=40, verbose_name="反映人")),
                ("text", models.CharField(max_length=500, verbose_name="反映内容")),
                ("received_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="收到时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待核实"), ("upheld", "成立"), ("dismissed", "不成立")],
                        default="open",
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("finding", models.CharField(blank=True, max_length=500, verbose_name="核实情况")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="核实时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核实人",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="grids.publicnotice",
                        verbose_name="公示",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="grids.steward",
                        verbose_name="候选人",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示异议",
                "verbose_name_plural": "公示异议",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="AllowanceCommitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="金额")),
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
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="commitments",
                        to="grids.paymentline",
                        verbose_name="发放明细",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="grids.steward",
                        verbose_name="楼栋长",
                    ),
                ),
            ],
            options={
                "verbose_name": "补贴列支",
                "verbose_name_plural": "补贴列支",
                "ordering": ("month", "steward"),
                "constraints": [
                    models.UniqueConstraint(fields=("steward", "month"), name="commitment_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="commitment_of_a_month"),
                ],
                "indexes": [models.Index(fields=["community", "month"], name="commitment_by_place")],
            },
        ),
        migrations.CreateModel(
            name="StewardAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter", models.DateField(verbose_name="考核季度")),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, verbose_name="得分")),
                (
                    "grade",
                    models.CharField(
                        choices=[("excellent", "优秀"), ("qualified", "合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="等次",
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="评语")),
                ("assessed_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="考核时间")),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="grids.steward",
                        verbose_name="楼栋长",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长考核",
                "verbose_name_plural": "楼栋长考核",
                "ordering": ("-quarter", "steward"),
                "constraints": [
                    models.UniqueConstraint(fields=("steward", "quarter"), name="assessment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 100)), name="assessment_score"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__day", 1), ("quarter__month__in", (1, 4, 7, 10))),
                        name="assessment_of_a_quarter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StewardEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="流水号")),
                ("action", models.CharField(max_length=20, verbose_name="动作")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "待审核"),
                            ("reviewed", "待面试"),
                            ("interviewed", "待公示"),
                            ("on_notice", "公示中"),
                            ("training", "岗前培训"),
                            ("on_duty", "在岗"),
                            ("left", "已卸任"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=12,
                        verbose_name="此后状态",
                    ),
                ),
                ("at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="时间")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("detail", models.JSONField(default=dict, verbose_name="详情")),
                (
                    "steward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="grids.steward",
                        verbose_name="楼栋长",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长流水",
                "verbose_name_plural": "楼栋长流水",
                "ordering": ("steward", "seq"),
                "constraints": [models.UniqueConstraint(fields=("steward", "seq"), name="steward_event_seq")],
            },
        ),
        migrations.CreateModel(
            name="StewardPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("households_each", models.PositiveSmallIntegerField(default=100, verbose_name="每名楼栋长联系户数")),
                ("notice_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示天数")),
                ("pass_score", models.PositiveSmallIntegerField(default=60, verbose_name="面试合格分")),
                (
                    "monthly_allowance",
                    models.DecimalField(decimal_places=2, default=100, max_digits=8, verbose_name="每月补贴(元)"),
                ),
                ("excellent_share", models.PositiveSmallIntegerField(default=100, verbose_name="优秀发放比例(%)")),
                ("qualified_share", models.PositiveSmallIntegerField(default=80, verbose_name="合格发放比例(%)")),
                ("failed_share", models.PositiveSmallIntegerField(default=0, verbose_name="不合格发放比例(%)")),
                (
                    "district",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.district",
                        verbose_name="区",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长规则",
                "verbose_name_plural": "楼栋长规则",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("households_each__gte", 1), ("notice_days__gte", 1), ("pass_score__lte", 100)
                        ),
                        name="policy_in_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excellent_share__lte", 100), ("failed_share__lte", 100), ("qualified_share__lte", 100)
                        ),
                        name="policy_shares",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StewardQuota",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("places", models.PositiveSmallIntegerField(verbose_name="名额")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                (
                    "community",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steward_quota",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "楼栋长名额",
                "verbose_name_plural": "楼栋长名额",
            },
        ),
        migrations.CreateModel(
            name="TrainingSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField(verbose_name="日期")),
                ("place", models.CharField(max_length=80, verbose_name="地点")),
                ("teacher", models.CharField(max_length=40, verbose_name="授课人")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="grids.course",
                        verbose_name="课程",
                    ),
                ),
            ],
            options={
                "verbose_name": "培训场次",
                "verbose_name_plural": "培训场次",
                "ordering": ("-held_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="TrainingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField(verbose_name="培训日期")),
                ("passed", models.BooleanField(verbose_name="合格")),
                (
                    "score",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="成绩"),
                ),
                ("certificate", models.CharField(blank=True, max_length=40, verbose_name="证书编号")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("recorded_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="登记时间")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="grids.course",
                        verbose_name="课程",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_records",
                        to="grids.steward",
                        verbose_name="楼栋长",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="grids.trainingsession",
                        verbose_name="场次",
                    ),
                ),
            ],
            options={
                "verbose_name": "培训记录",
                "verbose_name_plural": "培训记录",
                "ordering": ("-held_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("steward__isnull", False), ("user", None)),
                            models.Q(("steward", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="record_of_one_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                        ),
                        name="record_score",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gte", models.F("held_on")), _connector="OR"
                        ),
                        name="record_valid_after_training",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("steward", None)),
                        fields=("user", "course", "held_on"),
                        name="record_of_user_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)),
                        fields=("steward", "course", "held_on"),
                        name="record_of_steward_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("certificate", ""), _negated=True),
                        fields=("certificate",),
                        name="certificate_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("passed", True)),
                        fields=["course", "user", "-valid_until"],
                        name="record_valid",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AllowanceBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("planned", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="预算")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allowance_budgets",
                        to="grids.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "补贴预算",
                "verbose_name_plural": "补贴预算",
                "ordering": ("-year", "community"),
                "constraints": [
                    models.UniqueConstraint(fields=("community", "year"), name="budget_once"),
                    models.CheckConstraint(condition=models.Q(("planned__gte", 0)), name="budget_not_below_zero"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

"""Shifts, rosters, hand-overs, positions of people on duty."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock

# What was signed stays as it was signed, whoever asks.
KEEP_SIGNED = """
CREATE FUNCTION handover_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a signed hand-over is never changed (id %)', OLD.id;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER handover_keep_signed BEFORE UPDATE OR DELETE ON dispatch_handover
FOR EACH ROW EXECUTE FUNCTION handover_keep_signed();
"""
FORGET_SIGNED = """
DROP TRIGGER handover_keep_signed ON dispatch_handover;
DROP FUNCTION handover_keep_signed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_events_are_partitioned"),
        ("grids", "0008_withdrawn_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ShiftSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("start_minute", models.PositiveSmallIntegerField(verbose_name="开始(分钟)")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="时长(分钟)")),
                ("needed", models.JSONField(default=dict, verbose_name="各岗位人数")),
            ],
            options={
                "verbose_name": "班段",
                "verbose_name_plural": "班段",
                "ordering": ("template", "place"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("start_minute__lt", 1440)), name="segment_starts_in_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 30), ("minutes__lte", 1440)), name="segment_minutes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="position",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "lon",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="经度",
                    ),
                ),
                (
                    "lat",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="纬度",
                    ),
                ),
                ("accuracy_m", models.PositiveIntegerField(default=0, verbose_name="精度(米)")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("until", models.DateTimeField(verbose_name="保留至")),
            ],
            options={
                "verbose_name": "位置",
                "verbose_name_plural": "位置",
                "indexes": [models.Index(fields=["until"], name="position_until")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -90), ("lat__lte", 90), ("lon__gte", -180), ("lon__lte", 180)),
                        name="position_on_earth",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="班次")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("needed", models.JSONField(default=dict, verbose_name="各岗位人数")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                ("check_due_at", models.DateTimeField(blank=True, null=True, verbose_name="下次核查")),
                ("check_step", models.PositiveSmallIntegerField(default=0, verbose_name="核查步")),
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
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="grids.unit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="dispatch.shiftsegment",
                        verbose_name="班段",
                    ),
                ),
            ],
            options={
                "verbose_name": "班次",
                "verbose_name_plural": "班次",
                "ordering": ("starts_at", "unit", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "starts_at", "name"), name="shift_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="shift_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at", None), ("published_by", None)),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="shift_published_at_a_time",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["ends_at", "starts_at"], name="shift_by_end"),
                    models.Index(fields=["unit", "starts_at"], name="shift_of_unit"),
                    models.Index(
                        condition=models.Q(("check_due_at__isnull", False)),
                        fields=["check_due_at"],
                        name="shift_check_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("swap_needs_approval", models.BooleanField(default=True, verbose_name="换班须值班长同意")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shift_templates",
                        to="grids.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "班次模板",
                "verbose_name_plural": "班次模板",
                "ordering": ("unit", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("unit",), name="one_shift_template_a_unit"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="shiftsegment",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="segments",
                to="dispatch.shifttemplate",
                verbose_name="模板",
            ),
        ),
        migrations.CreateModel(
            name="Rotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="起始日")),
                ("pattern", models.JSONField(default=list, verbose_name="轮转")),
                ("teams", models.PositiveSmallIntegerField(verbose_name="班组数")),
                (
                    "template",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rotation",
                        to="dispatch.shifttemplate",
                        verbose_name="模板",
                    ),
                ),
            ],
            options={
                "verbose_name": "轮班",
                "verbose_name_plural": "轮班",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("teams__gte", 1), ("teams__lte", 8)), name="rotation_teams"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("duty_officer", "值班长"),
                            ("dispatcher", "派遣员"),
                            ("on_call", "部门值守"),
                            ("patrol", "巡查"),
                        ],
                        max_length=12,
                        verbose_name="岗位",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待上岗"),
                            ("present", "在岗"),
                            ("absent", "请假"),
                            ("relieved", "已离岗"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("taken_up_at", models.DateTimeField(blank=True, null=True, verbose_name="到岗时间")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="离岗时间")),
                (
                    "instead_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deputies",
                        to="dispatch.watch",
                        verbose_name="代替",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="dispatch.shift",
                        verbose_name="班次",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "值班",
                "verbose_name_plural": "值班",
                "ordering": ("shift", "post", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("shift", "user"), name="watch_once_a_shift"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "present"), _negated=True),
                            ("taken_up_at__isnull", False),
                            _connector="OR",
                        ),
                        name="watch_present_since",
                    ),
                ],
                "indexes": [models.Index(fields=["user", "shift"], name="watch_of_user")],
            },
        ),
        migrations.CreateModel(
            name="Swap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("needs_approval", models.BooleanField(default=True, verbose_name="须值班长同意")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "等待对方同意"),
                            ("consented", "等待值班长批准"),
                            ("done", "已换班"),
                            ("refused", "未同意"),
                            ("withdrawn", "已撤回"),
                            ("expired", "已过期"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="事由")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="答复")),
                ("asked_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="申请时间")),
                ("due_at", models.DateTimeField(verbose_name="最迟答复")),
                ("consented_at", models.DateTimeField(blank=True, null=True, verbose_name="对方同意时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
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
                        verbose_name="批准人",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="对方",
                    ),
                ),
                (
                    "partner_watch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dispatch.watch",
                        verbose_name="换入班次",
                    ),
                ),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="swaps",
                        to="dispatch.watch",
                        verbose_name="换出班次",
                    ),
                ),
            ],
            options={
                "verbose_name": "换班",
                "verbose_name_plural": "换班",
                "ordering": ("-asked_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asker", models.F("partner")), _negated=True), name="swap_between_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "consented"))),
                        fields=("watch",),
                        name="swap_open_once_a_watch",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("asked", "consented"))), fields=["due_at"], name="swap_due"
                    ),
                    models.Index(condition=models.Q(("state", "asked")), fields=["partner"], name="swap_for_partner"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("told_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="登记时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "请假",
                "verbose_name_plural": "请假",
                "ordering": ("-starts_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["user", "ends_at"], name="leave_of_user"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="leave_ends_after_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RotationMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("team", models.PositiveSmallIntegerField(verbose_name="班组")),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("duty_officer", "值班长"),
                            ("dispatcher", "派遣员"),
                            ("on_call", "部门值守"),
                            ("patrol", "巡查"),
                        ],
                        max_length=12,
                        verbose_name="岗位",
                    ),
                ),
                (
                    "rotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="dispatch.rotation",
                        verbose_name="轮班",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "班组成员",
                "verbose_name_plural": "班组成员",
                "ordering": ("rotation", "team", "pk"),
                "constraints": [models.UniqueConstraint(fields=("rotation", "user"), name="in_one_team_of_a_rotation")],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="交接时间")),
                ("important", models.TextField(blank=True, verbose_name="重要事项")),
                ("pending", models.TextField(blank=True, verbose_name="待办事项")),
                ("facts", models.JSONField(default=dict, verbose_name="在办情况")),
                ("written_at", models.DateTimeField(blank=True, null=True, verbose_name="交班时间")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="接班签字时间")),
                ("remark", models.CharField(blank=True, max_length=200, verbose_name="接班意见")),
                ("alarm_due_at", models.DateTimeField(blank=True, null=True, verbose_name="催交时间")),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="接班人",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="grids.unit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="交班人",
                    ),
                ),
                (
                    "shift",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handover",
                        to="dispatch.shift",
                        verbose_name="交班班次",
                    ),
                ),
                (
                    "taken_by_shift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dispatch.shift",
                        verbose_name="接班班次",
                    ),
                ),
            ],
            options={
                "verbose_name": "交接班",
                "verbose_name_plural": "交接班",
                "ordering": ("-due_at", "-pk"),
                "indexes": [
                    models.Index(fields=["unit", "-due_at"], name="handover_of_unit"),
                    models.Index(
                        condition=models.Q(("alarm_due_at__isnull", False)),
                        fields=["alarm_due_at"],
                        name="handover_late",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None)),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                ("written_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="handover_signed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", None),
                            models.Q(("signed_by", models.F("written_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="handover_between_two",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="shiftsegment",
            constraint=models.UniqueConstraint(fields=("template", "place"), name="segment_place_once"),
        ),
        migrations.AddConstraint(
            model_name="shiftsegment",
            constraint=models.UniqueConstraint(fields=("template", "name"), name="segment_name_once"),
        ),
        migrations.RunSQL(KEEP_SIGNED, FORGET_SIGNED),
    ]

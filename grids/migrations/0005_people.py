import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_one_time_passwords"),
        ("grids", "0004_redivision"),
    ]

    operations = [
        migrations.CreateModel(
            name="AppointmentLine",
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
                (
                    "standing",
                    models.CharField(
                        blank=True,
                        choices=[("vice", "副职"), ("b_role", "B角")],
                        max_length=6,
                        verbose_name="副职或B角",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="到任日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待确认"), ("confirmed", "已确认"), ("refused", "不予任职")],
                        default="waiting",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="不予任职的理由")),
            ],
            options={
                "verbose_name": "拟任职",
                "verbose_name_plural": "拟任职",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="AppointmentList",
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
                ("title", models.CharField(max_length=80, verbose_name="名单")),
            ],
            options={
                "verbose_name": "任职名单",
                "verbose_name_plural": "任职名单",
                "ordering": ("-pk",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaves_on", models.DateField(verbose_name="离开日期")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("told_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="办理时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
            ],
            options={
                "verbose_name": "离任",
                "verbose_name_plural": "离任",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["leaves_on"], name="departure_to_come"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EntrustedService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("matter", models.CharField(max_length=200, verbose_name="委托事项")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                ("paid", models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="已支付(元)")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "委托服务",
                "verbose_name_plural": "委托服务",
                "ordering": ("-year", "unit", "pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="entrusted_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("paid__gte", 0), ("paid__lte", models.F("amount"))),
                        name="entrusted_paid_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Secondment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("resident", "派驻"), ("on_call", "联系执法"), ("liaison", "对口联络")],
                        max_length=10,
                        verbose_name="参勤方式",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
            ],
            options={
                "verbose_name": "派驻",
                "verbose_name_plural": "派驻",
                "ordering": ("centre", "kind", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["resident", "on_call", "liaison"])),
                        name="secondment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="secondment_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="one_leader_a_grid",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="one_full_time_worker_a_grid",
        ),
        migrations.RemoveConstraint(
            model_name="unit",
            name="unit_stands_on_its_level",
        ),
        migrations.AddField(
            model_name="membership",
            name="deputy_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputies",
                to="grids.membership",
                verbose_name="协助何人",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="备注"),
        ),
        migrations.AddField(
            model_name="membership",
            name="standing",
            field=models.CharField(
                blank=True,
                choices=[("vice", "副职"), ("b_role", "B角")],
                db_default="",
                default="",
                max_length=6,
                verbose_name="副职或B角",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="title",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="职务"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
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
                ],
                max_length=20,
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="unit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("command_center", "联勤指挥中心"),
                    ("sub_center", "联勤指挥分中心"),
                    ("workstation", "联勤工作站"),
                    ("duty_department", "参勤单位"),
                    ("leading_group", "领导小组"),
                    ("office", "联勤办"),
                    ("social_group", "社会组织"),
                    ("contractor", "购买服务单位"),
                ],
                max_length=16,
                verbose_name="类别",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deputy_of", None), ("standing", "")),
                    models.Q(models.Q(("standing", ""), _negated=True), ("deputy_of__isnull", False)),
                    _connector="OR",
                ),
                name="membership_deputy_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("deputy_of", models.F("id")), _negated=True), name="membership_not_its_own_deputy"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on", None), ("post", "grid_leader"), ("standing", "")),
                fields=("grid",),
                name="one_leader_a_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on", None), ("post", "full_time_worker"), ("standing", "")),
                fields=("grid",),
                name="one_full_time_worker_a_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("community", None), ("kind", "command_center"), ("level", "district"), ("street", None)),
                    models.Q(
                        ("community", None), ("kind", "sub_center"), ("level", "street"), ("street__isnull", False)
                    ),
                    models.Q(
                        ("community__isnull", False),
                        ("kind", "workstation"),
                        ("level", "street"),
                        ("street__isnull", False),
                    ),
                    models.Q(("community", None), ("kind", "duty_department"), ("level", "district"), ("street", None)),
                    models.Q(
                        ("community", None), ("kind", "duty_department"), ("level", "street"), ("street__isnull", False)
                    ),
                    models.Q(
                        ("community", None),
                        ("kind__in", ("leading_group", "office", "social_group", "contractor")),
                        ("level", "district"),
                        ("street", None),
                    ),
                    models.Q(
                        ("community", None),
                        ("kind__in", ("leading_group", "office", "social_group", "contractor")),
                        ("level", "street"),
                        ("street__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="unit_stands_on_its_level",
            ),
        ),
        migrations.AddField(
            model_name="appointmentline",
            name="grid",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.grid",
                verbose_name="网格",
            ),
        ),
        migrations.AddField(
            model_name="appointmentline",
            name="membership",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.membership",
                verbose_name="任职",
            ),
        ),
        migrations.AddField(
            model_name="appointmentline",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="appointmentline",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddField(
            model_name="appointmentlist",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审批人",
            ),
        ),
        migrations.AddField(
            model_name="appointmentlist",
            name="drafted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="起草人",
            ),
        ),
        migrations.AddField(
            model_name="appointmentline",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="grids.appointmentlist",
                verbose_name="名单",
            ),
        ),
        migrations.AddField(
            model_name="departure",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="接替人",
            ),
        ),
        migrations.AddField(
            model_name="departure",
            name="told_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="办理人",
            ),
        ),
        migrations.AddField(
            model_name="departure",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="departures",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddField(
            model_name="entrustedservice",
            name="entrusted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entrusting",
                to="grids.unit",
                verbose_name="委托单位",
            ),
        ),
        migrations.AddField(
            model_name="entrustedservice",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entrusted",
                to="grids.unit",
                verbose_name="承接单位",
            ),
        ),
        migrations.AddField(
            model_name="secondment",
            name="centre",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="seconded",
                to="grids.unit",
                verbose_name="指挥中心",
            ),
        ),
        migrations.AddField(
            model_name="secondment",
            name="people",
            field=models.ManyToManyField(
                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="派驻人员"
            ),
        ),
        migrations.AddField(
            model_name="secondment",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="secondments",
                to="grids.unit",
                verbose_name="参勤单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmentlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("drafted_by", None),
                    models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="grids_appointmentlist_second_person",
            ),
        ),
        migrations.AddIndex(
            model_name="appointmentline",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["user"], name="appointment_waiting"),
        ),
        migrations.AddConstraint(
            model_name="appointmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grid__isnull", False), ("unit", None)),
                    models.Q(("grid", None), ("unit__isnull", False)),
                    _connector="OR",
                ),
                name="line_in_a_unit_or_on_a_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("membership__isnull", False), ("state", "confirmed")),
                    models.Q(models.Q(("state", "confirmed"), _negated=True), ("membership", None)),
                    _connector="OR",
                ),
                name="line_confirmed_by_a_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("user",), name="departure_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entrustedservice",
            constraint=models.UniqueConstraint(
                fields=("unit", "entrusted_by", "matter", "year"), name="entrusted_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="secondment",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit", models.F("centre")), _negated=True), name="secondment_to_another_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="secondment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on", None)), fields=("unit", "centre"), name="secondment_open_once"
            ),
        ),
    ]

"""Whistles, summonses, arrivals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_admission_hands"),
        ("dispatch", "0003_rosters"),
        ("grids", "0008_withdrawn_lines"),
        ("workorders", "0010_suggestions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Whistle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="哨号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("resident", "居民吹哨"), ("community", "社区吹哨"), ("leader", "领导到场")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "待到场"),
                            ("answered", "已响应"),
                            ("settled", "已解决"),
                            ("unsolved", "未解决"),
                            ("raised_up", "已提级"),
                            ("cancelled", "已取消"),
                        ],
                        default="raised",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("matter", models.CharField(max_length=80, verbose_name="事由")),
                ("note", models.TextField(blank=True, verbose_name="到场要求")),
                ("lon", models.FloatField(verbose_name="经度 (WGS-84)")),
                ("lat", models.FloatField(verbose_name="纬度 (WGS-84)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="到场地点")),
                ("due_at", models.DateTimeField(verbose_name="要求到场时间")),
                (
                    "raised_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="吹哨时间"
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("outcome", models.TextField(blank=True, verbose_name="结果")),
                ("synthetic", models.BooleanField(default=False, verbose_name="合成数据")),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.community",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.district",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="whistles",
                        to="workorders.workorder",
                        verbose_name="工单",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="吹哨人",
                    ),
                ),
                (
                    "raised_from",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raised_to",
                        to="dispatch.whistle",
                        verbose_name="提级自",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.street",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="吹哨单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "吹哨",
                "verbose_name_plural": "吹哨",
                "ordering": ("-raised_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("district", "number"), name="whistle_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "resident"), ("raised_by", None)),
                        fields=("order",),
                        name="whistle_by_machine_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ("raised", "answered"))),
                            models.Q(
                                models.Q(("state__in", ("raised", "answered")), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="whistle_ended_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -90), ("lat__lte", 90), ("lon__gte", -180), ("lon__lte", 180)),
                        name="whistle_on_earth",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["district", "-raised_at"], name="whistle_newest"),
                    models.Index(fields=["street", "-raised_at"], name="whistle_street_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Summons",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(verbose_name="要求到场时间")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="回复时间")),
                ("estimated_at", models.DateTimeField(null=True, verbose_name="预计到场时间")),
                ("arrived_at", models.DateTimeField(null=True, verbose_name="到场时间")),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[("position", "定位确认"), ("witness", "现场确认")],
                        max_length=8,
                        verbose_name="确认方式",
                    ),
                ),
                ("distance_m", models.PositiveIntegerField(null=True, verbose_name="距离(米)")),
                ("accuracy_m", models.PositiveIntegerField(null=True, verbose_name="精度(米)")),
                ("witness_note", models.CharField(blank=True, max_length=200, verbose_name="确认说明")),
                ("recalled_at", models.DateTimeField(null=True, verbose_name="催促时间")),
                ("no_show_at", models.DateTimeField(null=True, verbose_name="未到场记录时间")),
                ("excuse", models.CharField(blank=True, max_length=200, verbose_name="未到场说明")),
                ("excused_at", models.DateTimeField(null=True, verbose_name="说明被接受的时间")),
                ("left_at", models.DateTimeField(null=True, verbose_name="离开时间")),
                ("next_at", models.DateTimeField(editable=False, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "arrived_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "excused_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "whistle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="summonses",
                        to="dispatch.whistle",
                        verbose_name="吹哨",
                    ),
                ),
            ],
            options={
                "verbose_name": "到场通知",
                "verbose_name_plural": "到场通知",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit", None), ("user__isnull", False)),
                            models.Q(("unit__isnull", False), ("user", None)),
                            _connector="OR",
                        ),
                        name="summons_of_a_unit_or_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)),
                        fields=("whistle", "unit"),
                        name="summons_unit_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("whistle", "user"),
                        name="summons_user_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("arrived_at", None), ("how", "")),
                            models.Q(("arrived_at__isnull", False), ("distance_m__isnull", False), ("how", "position")),
                            models.Q(
                                ("arrived_at__isnull", False),
                                ("how", "witness"),
                                ("witness__isnull", False),
                                models.Q(("witness_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="summons_arrival_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("witness", None),
                            ("arrived_by", None),
                            models.Q(("witness", models.F("arrived_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="summons_nobody_is_their_own_witness",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="summons_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="WhistleRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="几分钟内到场")),
                (
                    "category",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.category",
                        verbose_name="事项分类",
                    ),
                ),
            ],
            options={
                "verbose_name": "自动吹哨",
                "verbose_name_plural": "自动吹哨",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 5), ("minutes__lte", 1440)), name="whistlerule_minutes"
                    )
                ],
            },
        ),
    ]

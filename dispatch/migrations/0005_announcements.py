"""Announcements and their receipts."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0004_whistles"),
        ("grids", "0008_withdrawn_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("body", models.TextField(max_length=10000, verbose_name="正文")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
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
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("must_read", models.BooleanField(default=False, verbose_name="须确认已阅")),
                ("read_by", models.DateTimeField(blank=True, null=True, verbose_name="确认期限")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="失效时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("published", "已发布"), ("withdrawn", "已撤回")],
                        default="draft",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="拟稿时间"
                    ),
                ),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="撤回理由")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="最近提醒")),
                ("synthetic", models.BooleanField(default=False, verbose_name="合成数据")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟稿人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.district",
                        verbose_name="区",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="发布单位",
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
                ("units", models.ManyToManyField(blank=True, related_name="+", to="grids.unit", verbose_name="单位")),
            ],
            options={
                "verbose_name": "公告",
                "verbose_name_plural": "公告",
                "ordering": ("-published_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at", None), ("state", "draft")),
                            models.Q(models.Q(("state", "draft"), _negated=True), ("published_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="announcement_published_when_not_a_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            models.Q(("withdrawn_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="announcement_withdrawn_with_a_reason",
                    ),
                ],
                "indexes": [models.Index(fields=["district", "state", "-published_at"], name="announcement_newest")],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "opened_at",
                    models.DateTimeField(
                        db_default=lianqin.kernel.clock.Now(), editable=False, verbose_name="打开时间"
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="dispatch.announcement",
                        verbose_name="公告",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="阅读人",
                    ),
                ),
            ],
            options={
                "verbose_name": "已阅回执",
                "verbose_name_plural": "已阅回执",
                "constraints": [models.UniqueConstraint(fields=("announcement", "user"), name="receipt_once")],
            },
        ),
    ]

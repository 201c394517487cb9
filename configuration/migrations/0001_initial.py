import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_one_time_passwords"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=40, verbose_name="表")),
                ("file", models.FileField(blank=True, upload_to="imports/%Y%m/", verbose_name="文件")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("size", models.PositiveBigIntegerField(verbose_name="字节")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("found", models.JSONField(blank=True, default=dict, verbose_name="文件情况")),
                ("headers", models.JSONField(blank=True, default=list, verbose_name="文件的列")),
                ("mapping", models.JSONField(blank=True, default=dict, verbose_name="列对应")),
                (
                    "coordinates",
                    models.CharField(
                        choices=[
                            ("wgs84", "WGS-84（GPS）"),
                            ("cgcs2000", "CGCS2000（国家大地坐标系）"),
                            ("gcj02", "GCJ-02（高德、腾讯）"),
                            ("bd09", "BD-09（百度）"),
                        ],
                        default="wgs84",
                        max_length=10,
                        verbose_name="坐标系",
                    ),
                ),
                ("options", models.JSONField(blank=True, default=dict, verbose_name="选项")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "已上传"),
                            ("checking", "检查中"),
                            ("checked", "已检查"),
                            ("applying", "导入中"),
                            ("applied", "已导入"),
                            ("undoing", "撤销中"),
                            ("undone", "已撤销"),
                            ("failed", "未能完成"),
                            ("dropped", "已放弃"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("new", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="变更")),
                ("same", models.PositiveIntegerField(default=0, verbose_name="不变")),
                ("wrong", models.PositiveIntegerField(default=0, verbose_name="有误")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="变更摘要")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("outcome", models.JSONField(blank=True, default=dict, verbose_name="结果")),
                ("created_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="上传时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入",
                "verbose_name_plural": "导入",
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("checking", "applying", "undoing"))),
                        fields=("table",),
                        name="import_one_running_a_table",
                    )
                ],
                "indexes": [models.Index(fields=["table", "-id"], name="import_by_table")],
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("new", "新增"), ("changed", "变更"), ("wrong", "有误")],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=200, verbose_name="标识")),
                ("before", models.JSONField(blank=True, null=True, verbose_name="原值")),
                ("after", models.JSONField(blank=True, null=True, verbose_name="新值")),
                ("errors", models.JSONField(blank=True, default=list, verbose_name="错误")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="configuration.importjob",
                        verbose_name="导入",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入明细",
                "verbose_name_plural": "导入明细",
                "ordering": ("job", "number"),
                "constraints": [models.UniqueConstraint(fields=("job", "number"), name="import_line_once")],
                "indexes": [models.Index(fields=["job", "kind", "number"], name="import_line_by_kind")],
            },
        ),
    ]

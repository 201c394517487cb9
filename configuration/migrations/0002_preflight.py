"""What the proofs of a configuration found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("configuration", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PreflightRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ran_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="时间")),
                ("nightly", models.BooleanField(default=False, verbose_name="夜间自动")),
                ("milliseconds", models.PositiveIntegerField(verbose_name="用时（毫秒）")),
                ("pairs", models.PositiveIntegerField(verbose_name="核对组合数")),
                ("holes", models.JSONField(default=list, verbose_name="问题")),
                ("critical", models.PositiveIntegerField(default=0, verbose_name="严重问题数")),
                (
                    "ran_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="运行人",
                    ),
                ),
            ],
            options={
                "verbose_name": "配置体检",
                "verbose_name_plural": "配置体检",
                "ordering": ("-id",),
            },
        ),
    ]

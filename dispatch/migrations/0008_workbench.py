"""Saved filters."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0007_notifications"),
        ("grids", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=16, verbose_name="名称")),
                ("query", models.CharField(max_length=400, verbose_name="条件")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="建立时间"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="所有人",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="共享单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "常用筛选",
                "verbose_name_plural": "常用筛选",
                "ordering": ("position", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("unit__isnull", False)), fields=["unit"], name="saved_filter_shared"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once"),
                ],
            },
        ),
    ]

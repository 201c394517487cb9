"""Layers of tiles under the maps."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0008_withdrawn_lines")]

    operations = [
        migrations.CreateModel(
            name="TileLayer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="底图代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("xyz", "XYZ 瓦片"), ("tianditu", "天地图 WMTS")],
                        default="xyz",
                        max_length=8,
                        verbose_name="接入方式",
                    ),
                ),
                ("template", models.CharField(max_length=300, verbose_name="地址模板")),
                ("layers", models.CharField(blank=True, max_length=80, verbose_name="图层")),
                ("subdomains", models.CharField(blank=True, max_length=40, verbose_name="子域")),
                ("key_sealed", models.TextField(blank=True, editable=False, verbose_name="密钥")),
                (
                    "crs",
                    models.CharField(
                        choices=[("wgs84", "WGS-84 / CGCS2000"), ("gcj02", "GCJ-02（高德、腾讯等）")],
                        default="wgs84",
                        max_length=6,
                        verbose_name="坐标系",
                    ),
                ),
                ("attribution", models.CharField(blank=True, max_length=120, verbose_name="版权说明")),
                (
                    "min_zoom",
                    models.PositiveSmallIntegerField(
                        default=3, validators=[django.core.validators.MaxValueValidator(20)], verbose_name="最小级别"
                    ),
                ),
                (
                    "max_zoom",
                    models.PositiveSmallIntegerField(
                        default=18, validators=[django.core.validators.MaxValueValidator(22)], verbose_name="最大级别"
                    ),
                ),
                ("sort", models.PositiveSmallIntegerField(default=100, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "地图底图",
                "verbose_name_plural": "地图底图",
                "ordering": ("sort", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("max_zoom__gte", models.F("min_zoom"))), name="tilelayer_zooms_in_order"
                    )
                ],
            },
        ),
    ]

"""Types of elements, elements with their counts by square of the map, people who need attention, and cameras."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import lianqin.kernel.clock

# Pairs of neighbouring characters, and what stands last in a word, as lexemes. What a search finds by them is compared
# with the words themselves.
BIGRAMS = """
CREATE FUNCTION grids_bigrams(told text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_to_tsvector(coalesce(array_agg(DISTINCT pair), '{}')) FROM (
    SELECT rtrim(substr(told, place, 2)) AS pair FROM generate_series(1, length(told)) place
  ) cut WHERE pair <> '' AND left(pair, 1) <> ' '
$$
"""
# Every statement that writes elements adds up what changed, square by square. Squares are those of the web map: at
# level n there are 2^n of them from west to east. Level 0 (the world) is always first, so that writers queue there and
# never in a circle; a person waits no longer than for the import of the same type that is being committed.
TILES = """
CREATE FUNCTION grids_count_elements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone text := 'SELECT type_id, key, lon, lat, -1 AS sign FROM gone WHERE active';
  come text := 'SELECT type_id, key, lon, lat, 1 AS sign FROM come WHERE active';
BEGIN
  EXECUTE format($q$
    INSERT INTO grids_elementtile AS kept (level, x, y, type_id, key, number, lon_sum, lat_sum)
    SELECT level, floor((lon + 180) / 360 * (1 << level))::int AS x,
      floor((1 - ln(tan(radians(lat)) + 1 / cos(radians(lat))) / pi()) / 2 * (1 << level))::int AS y, type_id, key,
      sum(sign), sum(sign * round(lon * 1e6)::bigint), sum(sign * round(lat * 1e6)::bigint)
    FROM (%s) moved CROSS JOIN unnest('{0,6,7,8,9,10,11,12,13,14,15,16,17,18}'::int[]) level
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(sign) <> 0 OR sum(sign * round(lon * 1e6)::bigint) <> 0 OR sum(sign * round(lat * 1e6)::bigint) <> 0
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (level, x, y, type_id, key) DO UPDATE SET number = kept.number + excluded.number,
      lon_sum = kept.lon_sum + excluded.lon_sum, lat_sum = kept.lat_sum + excluded.lat_sum
  $q$, CASE TG_OP WHEN 'INSERT' THEN come WHEN 'DELETE' THEN gone ELSE gone || ' UNION ALL ' || come END);
  RETURN NULL;
END $$;
CREATE TRIGGER elements_come AFTER INSERT ON grids_element REFERENCING NEW TABLE AS come
  FOR EACH STATEMENT EXECUTE FUNCTION grids_count_elements();
CREATE TRIGGER elements_move AFTER UPDATE ON grids_element REFERENCING OLD TABLE AS gone NEW TABLE AS come
  FOR EACH STATEMENT EXECUTE FUNCTION grids_count_elements();
CREATE TRIGGER elements_go AFTER DELETE ON grids_element REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION grids_count_elements();
"""
NO_TILES = """
DROP TRIGGER elements_come ON grids_element; DROP TRIGGER elements_move ON grids_element;
DROP TRIGGER elements_go ON grids_element; DROP FUNCTION grids_count_elements();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_one_time_passwords"), ("grids", "0006_stewards")]

    operations = [
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION grids_bigrams(text)"),
        migrations.CreateModel(
            name="VideoGateway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="网关代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hls", "HLS 直连"), ("gb28181", "GB/T 28181 网关")],
                        max_length=8,
                        verbose_name="接入方式",
                    ),
                ),
                ("template", models.CharField(max_length=200, verbose_name="地址模板")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "视频网关",
                "verbose_name_plural": "视频网关",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="ElementType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="类型代码")),
                ("name", models.CharField(max_length=30, unique=True, verbose_name="名称")),
                ("pinyin", models.CharField(blank=True, max_length=200, verbose_name="拼音")),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("components", "城市部件"),
                            ("services", "公共服务"),
                            ("resources", "自然资源"),
                            ("others", "其他要素"),
                            ("attention", "关注人群"),
                        ],
                        max_length=10,
                        verbose_name="图层",
                    ),
                ),
                ("icon", models.CharField(default="map-pin", max_length=30, verbose_name="图标")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("blue", "蓝"),
                            ("green", "绿"),
                            ("orange", "橙"),
                            ("red", "红"),
                            ("purple", "紫"),
                            ("teal", "青"),
                            ("brown", "褐"),
                            ("grey", "灰"),
                        ],
                        default="blue",
                        max_length=8,
                        verbose_name="颜色",
                    ),
                ),
                ("fields", models.JSONField(blank=True, default=list, verbose_name="字段")),
                ("sensitive", models.BooleanField(default=False, verbose_name="敏感")),
                ("key", models.BooleanField(default=False, verbose_name="默认为重点要素")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "要素类型",
                "verbose_name_plural": "要素类型",
                "ordering": ("layer", "order", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("layer", "attention"), ("sensitive", True)),
                            models.Q(("sensitive", False), models.Q(("layer", "attention"), _negated=True)),
                            _connector="OR",
                        ),
                        name="attention_groups_are_sensitive",
                        violation_error_message="关注人群图层的类型须为敏感，其他图层不得为敏感",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ElementTile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level",
                        "x",
                        "y",
                        "type_id",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("key", models.BooleanField()),
                ("number", models.IntegerField()),
                ("lon_sum", models.BigIntegerField()),
                ("lat_sum", models.BigIntegerField()),
                (
                    "type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="grids.elementtype",
                    ),
                ),
            ],
            options={
                "verbose_name": "要素计数",
                "verbose_name_plural": "要素计数",
            },
        ),
        migrations.CreateModel(
            name="Element",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="编码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("lon", models.FloatField(verbose_name="经度 (WGS-84)")),
                ("lat", models.FloatField(verbose_name="纬度 (WGS-84)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("fields", models.JSONField(blank=True, default=dict, verbose_name="字段")),
                ("key", models.BooleanField(default=False, verbose_name="重点")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("updated_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="更新时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("pinyin", models.CharField(blank=True, max_length=300, verbose_name="拼音")),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            django.db.models.functions.text.Lower(
                                django.db.models.functions.text.Concat(
                                    models.F("code"),
                                    models.Value(" "),
                                    models.F("name"),
                                    models.Value(" "),
                                    models.F("pinyin"),
                                    models.Value(" "),
                                    models.F("address"),
                                    output_field=models.TextField(),
                                )
                            ),
                            function="grids_bigrams",
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="所在网格",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.elementtype",
                        verbose_name="类型",
                    ),
                ),
            ],
            options={
                "verbose_name": "要素",
                "verbose_name_plural": "要素",
                "ordering": ("code",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="element_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -85), ("lat__lte", 85), ("lon__gte", -180), ("lon__lte", 180)),
                        name="element_on_the_map",
                    ),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        models.Func(
                            models.F("lon"), models.F("lat"), function="point", output_field=models.TextField()
                        ),
                        name="element_in_box",
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        models.Func(
                            models.F("lon"), models.F("lat"), function="point", output_field=models.TextField()
                        ),
                        condition=models.Q(("active", True), ("key", True)),
                        name="element_key_in_box",
                    ),
                    models.Index(fields=["type", "code"], name="element_of_type"),
                    models.Index(fields=["grid", "type", "code"], name="element_of_grid"),
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="element_search"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["fields"], name="element_fields", opclasses=["jsonb_path_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttentionRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="编码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("lon", models.FloatField(verbose_name="经度 (WGS-84)")),
                ("lat", models.FloatField(verbose_name="纬度 (WGS-84)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("fields", models.JSONField(blank=True, default=dict, verbose_name="字段")),
                ("key", models.BooleanField(default=False, verbose_name="重点")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("updated_at", models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="更新时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="所在网格",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.elementtype",
                        verbose_name="类型",
                    ),
                ),
            ],
            options={
                "verbose_name": "关注人群记录",
                "verbose_name_plural": "关注人群记录",
                "ordering": ("code",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="attentionrecord_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -85), ("lat__lte", 85), ("lon__gte", -180), ("lon__lte", 180)),
                        name="attentionrecord_on_the_map",
                    ),
                ],
                "indexes": [models.Index(fields=["grid", "type", "code"], name="attention_of_grid")],
            },
        ),
        migrations.CreateModel(
            name="Camera",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="点位编码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("pinyin", models.CharField(blank=True, max_length=300, verbose_name="拼音")),
                ("lon", models.FloatField(verbose_name="经度 (WGS-84)")),
                ("lat", models.FloatField(verbose_name="纬度 (WGS-84)")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                (
                    "direction",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(359)],
                        verbose_name="朝向（度）",
                    ),
                ),
                ("device", models.CharField(blank=True, max_length=40, verbose_name="设备编码")),
                ("channel", models.CharField(max_length=120, verbose_name="通道或路径")),
                (
                    "state",
                    models.CharField(
                        choices=[("unknown", "未检测"), ("online", "在线"), ("offline", "离线")],
                        default="unknown",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="上次检测")),
                ("fault", models.CharField(blank=True, max_length=100, verbose_name="离线原因")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "grid",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                        verbose_name="所在网格",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.unit",
                        verbose_name="权属单位",
                    ),
                ),
                (
                    "gateway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cameras",
                        to="grids.videogateway",
                        verbose_name="视频网关",
                    ),
                ),
            ],
            options={
                "verbose_name": "视频点位",
                "verbose_name_plural": "视频点位",
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lat__gte", -85), ("lat__lte", 85), ("lon__gte", -180), ("lon__lte", 180)),
                        name="camera_on_the_map",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction", None), ("direction__lt", 360), _connector="OR"),
                        name="camera_direction_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttentionLook",
            fields=[],
            options={
                "verbose_name": "关注人群查看记录",
                "verbose_name_plural": "关注人群查看记录",
                "ordering": ("-pk",),
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("accounts.auditentry",),
        ),
        migrations.RunSQL(TILES, NO_TILES),
    ]

"""What was published of a month; never changed, for two editions could be subtracted from each other."""

from __future__ import annotations

from django.db import migrations, models

GUARD = """
CREATE FUNCTION citizens_statistics_are_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published statistics are written once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER statistics_written_once BEFORE UPDATE OR DELETE ON citizens_statisticsmonth
FOR EACH ROW EXECUTE FUNCTION citizens_statistics_are_written_once();
"""
UNGUARD = """
DROP TRIGGER statistics_written_once ON citizens_statisticsmonth;
DROP FUNCTION citizens_statistics_are_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0005_intake"), ("workorders", "0015_closed_orders_of_a_street")]

    operations = [
        migrations.CreateModel(
            name="StatisticsMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(unique=True, verbose_name="月份")),
                ("made_at", models.DateTimeField(verbose_name="公布时间")),
                ("least", models.PositiveSmallIntegerField(verbose_name="最小样本")),
                ("contents", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
            ],
            options={"verbose_name": "月度公开数据", "verbose_name_plural": "月度公开数据", "ordering": ("-month",)},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

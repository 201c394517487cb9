"""Dispatches that followed the list, and corrected ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_bookings_name_events")]
    operations = [
        migrations.AddField(
            model_name="rollup",
            name="closed_by_enforcement",
            field=models.IntegerField(default=0, verbose_name="执法部门结案"),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时刻")),
                ("day", models.DateField(verbose_name="日期")),
                ("district_id", models.BigIntegerField(verbose_name="区")),
                ("street_id", models.BigIntegerField(null=True, verbose_name="街道")),
                ("reported", models.IntegerField(default=0, verbose_name="上报")),
                ("registered", models.IntegerField(default=0, verbose_name="立案")),
                ("closed", models.IntegerField(default=0, verbose_name="结案")),
                ("escalated", models.IntegerField(default=0, verbose_name="升级")),
                ("supervised", models.IntegerField(default=0, verbose_name="督办")),
                ("open", models.IntegerField(default=0, verbose_name="在办")),
                ("overdue", models.IntegerField(default=0, verbose_name="超时")),
            ],
            options={
                "verbose_name": "时点读数",
                "verbose_name_plural": "时点读数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("at", "district_id", "street_id"), name="reading_once", nulls_distinct=False
                    )
                ],
            },
        ),
    ]

"""What the responsibility list said when an order was dispatched. Parts of before say nothing of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workorders", "0009_touching_orders")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="suggested_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.unit",
                verbose_name="清单建议",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="suggested_rule",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="适用规则"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="list_version",
            field=models.PositiveIntegerField(null=True, verbose_name="清单版本"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="followed",
            field=models.BooleanField(null=True, verbose_name="采纳建议"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="correction",
            field=models.CharField(
                blank=True,
                choices=[
                    ("wrong_rule", "规则不对"),
                    ("no_capacity", "力量不足"),
                    ("better_known", "另有更熟悉的"),
                    ("other", "其他原因"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="改派原因",
            ),
        ),
    ]

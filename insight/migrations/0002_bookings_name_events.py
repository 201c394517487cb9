"""A booking names its event and is counted when it is folded: a delivery costs one plain INSERT.

What was booked before and not folded yet is counted again by ``manage.py rebuild_rollups``.
"""

from django.db import migrations, models

import lianqin.kernel.clock


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="Booking"),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.BigIntegerField(verbose_name="工单")),
                ("seq", models.PositiveIntegerField(verbose_name="流水号")),
                (
                    "booked_at",
                    models.DateTimeField(db_default=lianqin.kernel.clock.Now(), verbose_name="登记时间"),
                ),
            ],
            options={"verbose_name": "待汇总流水", "verbose_name_plural": "待汇总流水"},
        ),
    ]

"""The history of orders is partitioned and has no key of an event's id alone that a constraint could name."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]
    run_before = [("workorders", "0004_history_by_month")]
    operations = [
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workorders.event",
                verbose_name="流水",
            ),
        ),
        migrations.AlterField(
            model_name="supervisionorder",
            name="event",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workorders.event",
                verbose_name="流水",
            ),
        ),
    ]

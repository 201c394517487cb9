"""Notices of more than orders."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0006_supervision")]
    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_once_an_event_and_recipient"),
        migrations.AddField(
            model_name="notice",
            name="key",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="唯一键"),
        ),
        migrations.AddField(
            model_name="notice",
            name="url",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="地址"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workorders.event",
                verbose_name="流水",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(max_length=20, verbose_name="类别"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="workorders.workorder",
                verbose_name="工单",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event__isnull", False), ("key", "")),
                fields=("event", "unit", "user"),
                name="notice_once_an_event_and_recipient",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("key", "unit", "user"),
                name="notice_once_a_key_and_recipient",
                nulls_distinct=False,
            ),
        ),
    ]

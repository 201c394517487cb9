from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("accepted", "已收件"),
    ("registered", "已立案"),
    ("declined", "不予立案"),
    ("handled", "已处置"),
    ("closed", "已办结"),
    ("reopened", "已重启"),
    ("merged", "已并案"),
    ("voided", "已作废"),
]
# What was told so far was of the order's own events, and bore their numbers.
FILL = """
UPDATE citizens_returnmessage m SET event_id = e.id FROM workorders_event e
WHERE e.order_id = m.order_id AND e.seq = m.seq
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0014_following_more"), ("workorders", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="returnmessage", name="return_kind_known"),
        migrations.RemoveConstraint(model_name="returnmessage", name="return_once_per_event"),
        migrations.AlterField(
            model_name="returnmessage",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="进展"),
        ),
        migrations.AddField(model_name="returnmessage", name="event_id", field=models.BigIntegerField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="returnmessage",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[value for value, _label in KINDS]), name="return_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnmessage",
            constraint=models.UniqueConstraint(fields=("order", "event_id"), name="return_once_per_event"),
        ),
        migrations.AddConstraint(
            model_name="returnmessage",
            constraint=models.UniqueConstraint(fields=("order", "seq"), name="return_one_at_a_place"),
        ),
    ]

"""What waited on lists that were taken back waits no longer."""

from django.db import migrations, models

WITHDRAW = """
UPDATE grids_appointmentline SET state = 'withdrawn' FROM grids_appointmentlist kept
WHERE kept.id = list_id AND kept.state = 'withdrawn' AND grids_appointmentline.state = 'waiting'
"""


class Migration(migrations.Migration):
    dependencies = [("grids", "0007_elements")]

    operations = [
        migrations.AlterField(
            model_name="appointmentline",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "待确认"),
                    ("confirmed", "已确认"),
                    ("refused", "不予任职"),
                    ("withdrawn", "已撤销"),
                ],
                default="waiting",
                max_length=9,
                verbose_name="状态",
            ),
        ),
        migrations.RunSQL(WITHDRAW, migrations.RunSQL.noop),
    ]

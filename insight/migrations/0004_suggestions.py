"""Dispatches that followed the responsibility list, and those that did not last.

``manage.py rebuild_rollups`` fills history: which orders were returned. What was suggested is known from now on.
"""

from django.db import migrations, models

COLUMNS = {
    "dispatched_by_rule": "有清单建议的派遣",
    "followed": "采纳清单建议",
    "corrected": "改派",
    "misdispatched": "主办退单",
    "upheld": "仲裁维持原派",
}


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_dispatch_accuracy")]

    operations = [
        migrations.AddField(
            model_name="rollup", name=name, field=models.IntegerField(default=0, verbose_name=verbose_name)
        )
        for name, verbose_name in COLUMNS.items()
    ]

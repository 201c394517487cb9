"""Find what a street closed last, for the feeds that everybody may read."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workorders", "0014_texts_without_reporters")]

    operations = [
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(("status", "closed")),
                fields=["street", "-ended_at"],
                name="workorder_closed_street",
            ),
        ),
    ]

"""Find letters, returns and suggestions without reading all that there ever were."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("citizens", "0016_mail_files")]

    operations = [
        migrations.AddIndex(
            model_name="intakemessage",
            index=models.Index(condition=~Q(state="applied"), fields=["state", "-id"], name="intake_not_applied"),
        ),
        migrations.AddIndex(
            model_name="returnmessage",
            index=models.Index(fields=["external_ref"], name="return_by_number"),
        ),
        migrations.AddIndex(
            model_name="readsuggestion",
            index=models.Index(fields=["suggested_at"], name="readsuggestion_lately"),
        ),
    ]

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0013_intake_more")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="wants_news",
            field=models.BooleanField(db_default=False, default=False, verbose_name="进展发短信"),
        ),
    ]

"""Messages to the outside are read, counted and purged by their day."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("relay", "0002_channels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(fields=["scope", "-created_at"], name="outgoing_scope_day"),
        ),
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(fields=["-created_at"], name="outgoing_day"),
        ),
    ]

"""What came up to the district lately is found without reading the history."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workorders", "0007_places_in_search")]
    operations: ClassVar = [
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["at"],
                condition=models.Q(kind__in=("escalate", "register_to_district", "rework", "relocate", "contest")),
                name="event_rises",
            ),
        ),
    ]

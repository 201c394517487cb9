"""What came up to the district lately is found without reading what never did."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workorders", "0010_suggestions")]
    operations: ClassVar = [
        migrations.AddIndex(
            "workorder",
            models.Index(
                fields=["reported_at"],
                condition=models.Q(highest_level="district"),
                name="workorder_risen",
            ),
        ),
    ]

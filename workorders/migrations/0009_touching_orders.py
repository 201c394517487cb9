"""What touches other streets is walked newest first, as far as what lies in a street."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workorders", "0008_rises")]
    operations: ClassVar = [
        migrations.AddIndex(
            "workorder",
            models.Index(
                fields=["-id"],
                include=["affected_street_ids"],
                condition=~models.Q(affected_street_ids=[]),
                name="workorder_touching_newest",
            ),
        ),
    ]

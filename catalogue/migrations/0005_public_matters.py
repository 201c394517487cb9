"""Which matters are told to everybody. A catalogue that is not ours stays untold until its administrators say so."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

# Disputes and what people need help with; of other classes what names somebody: quarrels, suspects, the sick.
PRIVATE_CLASSES = ("11", "12")
PRIVATE_MATTERS = ("0704", "0706", "0803", "1003", "1005", "1301")


def open_matters(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("catalogue", "Category").objects.filter(illustrative=True)
    for code in PRIVATE_CLASSES:
        rows = rows.exclude(code__startswith=code)
    rows.exclude(code__in=PRIVATE_MATTERS).update(public=True)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_admission_hands")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="public",
            field=models.BooleanField(default=False, verbose_name="对外公开"),
        ),
        migrations.RunPython(open_matters, migrations.RunPython.noop),
    ]

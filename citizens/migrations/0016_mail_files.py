from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0015_returns_of_merged")]

    operations = [
        migrations.CreateModel(
            name="IntakeFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="第几个")),
                ("kind", models.CharField(max_length=5, verbose_name="类型")),
                ("path", models.CharField(max_length=80, unique=True)),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="citizens.intakemessage",
                    ),
                ),
            ],
            options={
                "verbose_name": "来件附件",
                "verbose_name_plural": "来件附件",
                "ordering": ("message", "place"),
                "constraints": [models.UniqueConstraint(fields=("message", "place"), name="intake_file_place_once")],
            },
        ),
    ]

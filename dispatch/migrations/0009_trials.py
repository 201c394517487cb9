"""Trials of other deadlines and rosters."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0008_workbench")]
    operations = []

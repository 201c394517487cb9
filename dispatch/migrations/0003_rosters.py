"""Shifts, rosters, hand-overs, positions of people on duty."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_events_are_partitioned")]
    operations = []

"""Whistles, summonses, arrivals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_rosters")]
    operations = []

"""Dispatches that followed the list, and corrected ones."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_bookings_name_events")]
    operations = []

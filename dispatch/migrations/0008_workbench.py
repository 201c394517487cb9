"""Saved filters, corrected suggestions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0007_notifications")]
    operations = []

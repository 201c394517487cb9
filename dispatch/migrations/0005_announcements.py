"""Announcements and their receipts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0004_whistles")]
    operations = []

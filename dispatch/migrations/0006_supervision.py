"""Reminders, replies, accountability."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_announcements")]
    operations = []

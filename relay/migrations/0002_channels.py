"""Channels to the outside and what went through them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("relay", "0001_initial")]
    operations = []

"""Layers of tiles under the maps."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0008_withdrawn_lines")]
    operations = []

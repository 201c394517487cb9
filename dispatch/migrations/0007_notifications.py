"""What people wish to be told, and how."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0006_supervision")]
    operations = []

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0002_reporting")]

    operations = []

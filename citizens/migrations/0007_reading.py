from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0006_open_data")]

    operations = []

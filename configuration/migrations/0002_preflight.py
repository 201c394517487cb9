from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("configuration", "0001_initial")]
    operations = []

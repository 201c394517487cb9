from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0005_intake")]

    operations = []

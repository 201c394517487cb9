from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0003_privacy")]

    operations = []

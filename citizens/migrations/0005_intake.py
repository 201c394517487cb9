from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0004_following")]

    operations = []

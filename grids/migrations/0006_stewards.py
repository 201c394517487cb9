from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0005_people")]
    operations = []

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_officers_hold_no_posts")]
    operations = []

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workorders", "0013_seal_reporters")]

    operations = [
        migrations.RemoveField(model_name="ordertext", name="reporter_name"),
        migrations.RemoveField(model_name="ordertext", name="reporter_phone"),
    ]

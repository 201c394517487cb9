from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relay", "0003_messages_by_day")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="sealed",
            field=models.TextField(
                blank=True, db_default="", default="", editable=False, verbose_name="号码和内容（密文）"
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workorders", "0011_risen_orders")]

    operations = [
        migrations.CreateModel(
            name="ReporterContact",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="contact",
                        serialize=False,
                        to="workorders.workorder",
                    ),
                ),
                ("sealed", models.TextField(editable=False, verbose_name="联系方式（密文）")),
                ("shown_name", models.CharField(blank=True, max_length=8, verbose_name="来电人（遮盖）")),
                ("shown_phone", models.CharField(blank=True, max_length=16, verbose_name="联系电话（遮盖）")),
            ],
            options={"verbose_name": "反映人联系方式", "verbose_name_plural": "反映人联系方式"},
        ),
    ]

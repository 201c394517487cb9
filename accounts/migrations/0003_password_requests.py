import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_one_time_passwords"),
    ]

    operations = [
        migrations.CreateModel(
            name="PasswordRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="申请时间"
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="有效至")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="发放时间")),
            ],
            options={
                "verbose_name": "密码重置申请",
                "verbose_name_plural": "密码重置申请",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("action", "password_issued")),
                fields=["object_label", "-at"],
                name="audit_of_passwords",
            ),
        ),
        migrations.AddField(
            model_name="passwordrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="申请人",
            ),
        ),
        migrations.AddField(
            model_name="passwordrequest",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddIndex(
            model_name="passwordrequest",
            index=models.Index(condition=models.Q(("used_at", None)), fields=["user"], name="password_request_open"),
        ),
    ]

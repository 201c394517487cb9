import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_receipts"), ("workorders", "0011_risen_orders")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="第几个")),
                (
                    "kind",
                    models.CharField(
                        choices=[("image", "照片"), ("video", "视频"), ("audio", "录音")],
                        max_length=5,
                        verbose_name="类型",
                    ),
                ),
                ("path", models.CharField(max_length=80)),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "正在处理"), ("attached", "已附上"), ("refused", "未能附上")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="原因")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="处理租期至")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="处理次数")),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "attachment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upload",
                        to="workorders.attachment",
                        verbose_name="附件",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="citizens.receipt",
                        verbose_name="上报回执",
                    ),
                ),
            ],
            options={
                "verbose_name": "上报文件",
                "verbose_name_plural": "上报文件",
                "ordering": ("receipt", "place"),
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="upload_waiting")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "place"), name="upload_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("attachment__isnull", False), ("state", "attached")),
                            models.Q(models.Q(("state", "attached"), _negated=True), ("attachment__isnull", True)),
                            _connector="OR",
                        ),
                        name="upload_attached_has_attachment",
                    ),
                ],
            },
        ),
    ]

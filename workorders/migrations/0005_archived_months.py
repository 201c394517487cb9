"""Months of the history may move to the schema ``archive``."""

from django.db import migrations, models

# What is archived is neither altered nor added to; detached, a partition has lost the trigger of its table.
ARCHIVE = """
CREATE SCHEMA archive;
CREATE FUNCTION archive.is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'archived history is sealed' USING ERRCODE = 'restrict_violation';
END $$;
"""
# Refused while a month lies there: restore it first.
NO_ARCHIVE = "DROP FUNCTION archive.is_sealed(); DROP SCHEMA archive;"


class Migration(migrations.Migration):
    dependencies = [("workorders", "0004_history_by_month")]
    operations = [
        migrations.RunSQL(ARCHIVE, NO_ARCHIVE),
        migrations.AddField(
            model_name="workorder",
            name="archived_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="归档时间"),
        ),
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.PositiveIntegerField(unique=True, verbose_name="月份")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sealing", "封存核验中"),
                            ("moving", "移出中"),
                            ("archived", "已归档"),
                            ("restoring", "恢复中"),
                            ("restored", "已恢复"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("orders", models.PositiveIntegerField(default=0, verbose_name="工单")),
                ("events", models.PositiveIntegerField(default=0, verbose_name="流水")),
                ("texts", models.PositiveIntegerField(default=0, verbose_name="流水文本")),
                ("timers", models.PositiveIntegerField(default=0, verbose_name="计时器")),
                ("heads", models.CharField(blank=True, max_length=64, verbose_name="链尾摘要")),
                ("roots", models.JSONField(default=list, verbose_name="每日总摘要")),
                ("began_at", models.DateTimeField(verbose_name="开始时间")),
                ("archived_at", models.DateTimeField(null=True, verbose_name="归档时间")),
                ("restored_at", models.DateTimeField(null=True, verbose_name="恢复时间")),
            ],
            options={
                "verbose_name": "归档月份",
                "verbose_name_plural": "归档月份",
                "ordering": ("month",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sealing", "moving", "archived", "restoring", "restored"])),
                        name="archivedmonth_state_known",
                    )
                ],
            },
        ),
    ]

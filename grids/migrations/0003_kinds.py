import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

DOWN = """
UPDATE grids_community SET zone = 'core'
WHERE id IN (SELECT community_id FROM grids_grid GROUP BY community_id HAVING bool_and(zone = 'core'));
UPDATE grids_community SET zone = 'outer'
WHERE zone = '' AND id IN (SELECT community_id FROM grids_grid);
UPDATE grids_community SET setting = 'rural' WHERE name LIKE '%村委会' OR name LIKE '%村民委员会';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
UP = """
UPDATE grids_grid g SET zone = c.zone FROM grids_community c WHERE c.id = g.community_id AND c.zone <> '';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    """Zones are of communities, not of grids."""

    dependencies = [("grids", "0002_officers_hold_no_posts")]
    operations = [
        migrations.AddField(
            "community",
            "zone",
            models.CharField("分区", blank=True, max_length=6, choices=[("core", "核心区"), ("outer", "外围区")]),
        ),
        migrations.AddField(
            "community",
            "setting",
            models.CharField("城乡", max_length=5, default="urban", choices=[("urban", "城镇"), ("rural", "农村")]),
        ),
        migrations.RunSQL(DOWN, UP),
        migrations.RemoveField("grid", "zone"),
        migrations.AddField("grid", "party_branch", models.CharField("党支部", blank=True, max_length=80)),
        migrations.AddField(
            "grid",
            "occupier",
            models.ForeignKey(
                "grids.Unit",
                django.db.models.deletion.PROTECT,
                null=True,
                blank=True,
                related_name="occupied_grids",
                verbose_name="占用单位",
            ),
        ),
        migrations.AddField("grid", "occupier_name", models.CharField("占用单位名称", blank=True, max_length=80)),
        migrations.AddConstraint(
            "grid",
            models.CheckConstraint(
                name="occupier_of_a_dedicated_grid",
                condition=Q(occupier=None, occupier_name="")
                | Q(kind="dedicated", occupier=None)
                | Q(kind="dedicated", occupier_name=""),
            ),
        ),
        migrations.CreateModel(
            name="GridNorm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "setting",
                    models.CharField("城乡", max_length=5, unique=True, choices=[("urban", "城镇"), ("rural", "农村")]),
                ),
                ("households_min", models.PositiveIntegerField("户数下限")),
                ("households_max", models.PositiveIntegerField("户数上限")),
                ("people_min", models.PositiveIntegerField("人口下限")),
                ("people_max", models.PositiveIntegerField("人口上限")),
            ],
            options={
                "verbose_name": "网格标准",
                "verbose_name_plural": "网格标准",
                "ordering": ("-setting",),
                "constraints": (
                    models.CheckConstraint(
                        name="norm_begins_before_it_ends",
                        condition=Q(households_min__lte=F("households_max"), people_min__lte=F("people_max")),
                    ),
                ),
            },
        ),
    ]

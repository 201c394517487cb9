"""What lists ask of an order, as words in one index; and the units of an order's assignments with the order itself."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# Its cost is what keeps the planner from reckoning it for every order of the table.
FACETS = """
CREATE FUNCTION workorders_facets(
    source text, status text, level text, urgency text, on_site boolean,
    street bigint, community bigint, category bigint, reporter bigint, affected bigint[], units bigint[]
) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN array_remove(ARRAY[
        'source ' || source,
        CASE WHEN status <> 'closed' THEN 'status ' || status END,
        CASE WHEN level <> 'street' THEN 'level ' || level END,
        CASE WHEN urgency <> 'normal' THEN 'urgency ' || urgency END,
        CASE WHEN on_site THEN 'on_site' END,
        'street ' || street,
        'community ' || community,
        'category ' || category,
        'reporter ' || reporter
    ], NULL)
    || ARRAY(SELECT 'touched ' || unnest(affected))
    || ARRAY(SELECT 'unit ' || unnest(units));
END $$;
"""
PARTS = """
UPDATE workorders_workorder AS o SET part_unit_ids = p.unit_ids
FROM (SELECT order_id, array_agg(DISTINCT unit_id ORDER BY unit_id) AS unit_ids
      FROM workorders_assignment GROUP BY order_id) AS p
WHERE p.order_id = o.id;
"""


class Migration(migrations.Migration):
    # The rows that are written here have triggers to run before the index can be made.
    atomic = False
    dependencies: ClassVar = [("workorders", "0005_archived_months")]
    operations: ClassVar = [
        migrations.RunSQL("DROP STATISTICS IF EXISTS workorder_facets", migrations.RunSQL.noop),
        migrations.AddField(
            "workorder",
            "part_unit_ids",
            django.contrib.postgres.fields.ArrayField(
                models.BigIntegerField(), blank=True, default=list, verbose_name="承办过的单位"
            ),
        ),
        migrations.RunSQL(PARTS, migrations.RunSQL.noop),
        *(
            migrations.RemoveIndex("workorder", name)
            for name in (
                "workorder_category_newest",
                "workorder_source_newest",
                "workorder_status_newest",
                "workorder_urgency_newest",
                "workorder_district_newest",
                "workorder_on_site_newest",
                "workorder_affected",
            )
        ),
        migrations.RunSQL(FACETS, "DROP FUNCTION workorders_facets"),
        migrations.AddIndex(
            "workorder",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    *("source", "status", "level", "urgency", "on_site", "street", "community", "category", "reporter"),
                    *("affected_street_ids", "part_unit_ids"),
                    function="workorders_facets",
                    output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                ),
                gin_pending_list_limit=512,
                name="workorder_facets",
            ),
        ),
    ]

"""The search vector says where its order lies, so that what others wrote elsewhere is not read to be left out."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# Longer than a pair of characters, and one word to the parser of queries.
PLACES = """
CREATE OR REPLACE FUNCTION workorders_places(street bigint, community bigint) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(ARRAY['street' || street, 'community' || community], NULL))
$$;
"""
TRIGGERS = """
CREATE OR REPLACE FUNCTION workorders_text_says_where() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A new order comes with its text, which says so itself.
    NEW.search := NEW.search || coalesce(
        (SELECT workorders_places(street_id, community_id) FROM workorders_workorder WHERE id = NEW.order_id), ''
    );
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ordertext_says_where BEFORE INSERT OR UPDATE OF search ON workorders_ordertext
FOR EACH ROW WHEN (NEW.search IS NOT NULL) EXECUTE FUNCTION workorders_text_says_where();

CREATE OR REPLACE FUNCTION workorders_order_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE workorders_ordertext
    SET search = ts_delete(search, tsvector_to_array(workorders_places(OLD.street_id, OLD.community_id)))
    WHERE order_id = NEW.id AND search IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER workorder_moved AFTER UPDATE OF street_id, community_id ON workorders_workorder FOR EACH ROW
WHEN ((OLD.street_id, OLD.community_id) IS DISTINCT FROM (NEW.street_id, NEW.community_id))
EXECUTE FUNCTION workorders_order_moved();
"""
NO_TRIGGERS = """
DROP TRIGGER workorder_moved ON workorders_workorder;
DROP TRIGGER ordertext_says_where ON workorders_ordertext;
DROP FUNCTION workorders_order_moved, workorders_text_says_where;
"""
# Without the index, and the triggers, it takes a minute for a million.
WHERE_THEY_ARE = """
DROP INDEX IF EXISTS ordertext_search;
UPDATE workorders_ordertext AS t SET search = t.search || workorders_places(o.street_id, o.community_id)
FROM workorders_workorder AS o WHERE o.id = t.order_id AND t.search IS NOT NULL;
"""
INDEX = """
CREATE INDEX IF NOT EXISTS ordertext_search ON workorders_ordertext
USING gin (search) WITH (gin_pending_list_limit = 512);
"""


class Migration(migrations.Migration):
    # The rows that are written here have triggers to run before the index can be made. Cut off, it can be run again.
    atomic = False
    dependencies: ClassVar = [("workorders", "0006_words_of_orders")]
    operations: ClassVar = [
        migrations.RunSQL(PLACES, "DROP FUNCTION workorders_places"),
        migrations.RunSQL(WHERE_THEY_ARE, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]

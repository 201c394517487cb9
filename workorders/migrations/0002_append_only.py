"""The history cannot be altered, and numbers are drawn from a sequence."""

from django.db import migrations

GUARD = """
CREATE FUNCTION workorders_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON workorders_event
FOR EACH ROW EXECUTE FUNCTION workorders_event_is_append_only();
"""
UNGUARD = """
DROP TRIGGER event_append_only ON workorders_event;
DROP FUNCTION workorders_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("workorders", "0001_initial"), ("kernel", "0001_clock")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL("CREATE SEQUENCE workorders_number_seq", "DROP SEQUENCE workorders_number_seq"),
    ]

from __future__ import annotations

from django.db import migrations

# What changes nothing is let through: a slip may be written anew, so that its place on disk tells no voter.
SLIPS = """
DROP TRIGGER slip_kept ON citizens_slip;
CREATE TRIGGER slip_kept BEFORE DELETE ON citizens_slip
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
CREATE TRIGGER slip_unchanged BEFORE UPDATE ON citizens_slip
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION citizens_kept_for_good();
"""
SLIPS_UNDONE = """
DROP TRIGGER slip_unchanged ON citizens_slip;
DROP TRIGGER slip_kept ON citizens_slip;
CREATE TRIGGER slip_kept BEFORE UPDATE OR DELETE ON citizens_slip
FOR EACH ROW EXECUTE FUNCTION citizens_kept_for_good();
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0017_found_at_once")]

    operations = [migrations.RunSQL(SLIPS, SLIPS_UNDONE)]

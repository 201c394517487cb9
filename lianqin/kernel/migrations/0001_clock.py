"""Create ``lianqin_now()``, the one clock of the platform."""

from django.db import migrations

from lianqin.kernel.clock import CREATE_CLOCK


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(CREATE_CLOCK, "DROP FUNCTION IF EXISTS lianqin_now()")]

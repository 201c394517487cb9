"""After one supervision, one accountability stands at a time."""

from django.db import migrations, models

# Dismissed and revoked ones do not stand; of several after the same supervision, the first does.
ENDED = """
UPDATE dispatch_accountability a SET stands = false FROM dispatch_supervisionorder d
WHERE d.id = a.document_id AND (d.state IN ('dismissed', 'revoked') OR EXISTS (
    SELECT FROM dispatch_accountability b JOIN dispatch_supervisionorder e ON e.id = b.document_id
    WHERE b.after_id = a.after_id AND b.document_id < a.document_id AND e.state NOT IN ('dismissed', 'revoked')))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0009_trials"),
    ]
    operations = [
        migrations.AddField(
            model_name="accountability",
            name="stands",
            field=models.BooleanField(default=True, verbose_name="有效"),
        ),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="accountability",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stands", True)), fields=("after",), name="accountability_once_after"
            ),
        ),
    ]

"""Who played which part in an application, over all its rounds."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

WRITTEN = ("catalogue.draft_admission", "catalogue.edit_admission", "catalogue.add_paper", "catalogue.drop_paper")
PARTS = {"submit": "applicant", "withdraw": "applicant", "take_up": "office", "forward": "office", "admit": "district"}


def remember(apps: Any, schema_editor: Any) -> None:
    admission_model = apps.get_model("catalogue", "TaskAdmission")
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(action__in=WRITTEN)
    for admission in admission_model.objects.prefetch_related("opinions"):
        hands: dict[str, set[int | None]] = {
            "applicant": {admission.applicant_id},
            "office": {admission.reviewer_id},
            "district": {admission.approver_id},
        }
        hands["applicant"] |= set(
            entries.filter(object_label=f"TaskAdmission {admission.pk}").values_list("actor_id", flat=True)
        )
        stage = "applicant"
        for each in sorted(admission.opinions.all(), key=lambda each: each.pk):
            # Sent back and refused by whose turn it was: the district's after "forward", the office's before.
            part = PARTS.get(each.action, stage)
            hands[part].add(each.by_id)
            stage = "district" if each.action == "forward" else "office"
        admission.hands = {part: sorted(pk for pk in pks if pk) for part, pks in hands.items() if any(pks)}
        admission.save(update_fields=["hands"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0003_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="taskadmission",
            name="hands",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
    ]

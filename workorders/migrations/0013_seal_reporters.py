"""Move who told of an order under seal, and out of the texts of events, which keep proving without them.

In batches that each commit: cut off, it goes on where it was. Months in the archive are what their manifests say, and
keep their texts until they are restored. Backwards it opens the seals again; the texts of events stay gone.
"""

import json

from django.db import connection, migrations, transaction
from django.db.models import Q

from lianqin.kernel.sealing import Seal
from workorders.rules.masking import mask_name, mask_phone

REPORTERS = Seal("lianqin.workorders.reporters", "LIANQIN_CONTACT_KEYS")
BATCH = 2000
FIELDS = ["reporter_name", "reporter_phone"]


def seal_reporters(apps, schema_editor):
    texts, contacts = apps.get_model("workorders", "OrderText"), apps.get_model("workorders", "ReporterContact")
    left = texts.objects.exclude(Q(reporter_name="") & Q(reporter_phone="")).order_by("pk")
    last = 0
    while rows := list(left.filter(pk__gt=last).values_list("pk", "reporter_name", "reporter_phone")[:BATCH]):
        with transaction.atomic():
            contacts.objects.bulk_create([_sealed(contacts, *row) for row in rows], ignore_conflicts=True)
            pks = [pk for pk, _name, _phone in rows]
            texts.objects.filter(pk__in=pks).update(reporter_name="", reporter_phone="")
            with connection.cursor() as cursor:
                statement = "DELETE FROM workorders_eventtext WHERE order_id = ANY(%s) AND field = ANY(%s)"
                cursor.execute(statement, [pks, FIELDS])
        last = pks[-1]


def open_reporters(apps, schema_editor):
    texts, contacts = apps.get_model("workorders", "OrderText"), apps.get_model("workorders", "ReporterContact")
    last = 0
    while rows := dict(contacts.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "sealed")[:BATCH]):
        with transaction.atomic():
            opened = [_opened(texts, pk, sealed) for pk, sealed in rows.items()]
            texts.objects.bulk_update(opened, FIELDS)
            contacts.objects.filter(pk__in=rows).delete()
        last = max(rows)


def _sealed(contacts, pk, name, phone):
    told = json.dumps({"name": name, "phone": phone}, ensure_ascii=False)
    return contacts(pk=pk, sealed=REPORTERS.close(told), shown_name=mask_name(name), shown_phone=mask_phone(phone))


def _opened(texts, pk, sealed):
    told = json.loads(REPORTERS.open(sealed))
    return texts(pk=pk, reporter_name=told["name"], reporter_phone=told["phone"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("workorders", "0012_reporter_contacts")]

    operations = [migrations.RunPython(seal_reporters, open_reporters)]

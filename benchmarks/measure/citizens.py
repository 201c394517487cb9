"""What five years bring beside the orders: letters, returns, suggestions, signatures, published months, a reader.

Made up, without anybody's words, and only within a transaction that is rolled back.
"""

from __future__ import annotations

import json
from dataclasses import replace

from django.db import connection

from citizens.models import OrderSignature, ReadingKind, ReadingState, TextModel
from citizens.rules.reading_twins import signature
from citizens.selectors.reading import told_by
from citizens.services.open_data import publish_months
from citizens.services.reading_training import keep_version, learned
from citizens.services.reading_twins import KEPT
from citizens.services.seals import CONTENTS
from lianqin.kernel import clock
from workorders.models import OrderText

LETTERS, TAUGHT = 100_000, 20_000
SOURCES = "'police_110', 'online_inquiry', 'portal', 'governance_platform', 'hotline_12345'"
FILLING = (
    f"""INSERT INTO citizens_intakeplatform (code, active, version, networks, per_minute, per_day, return_address,
        mapping, schema, account_id, mailbox, mail_senders)
    SELECT code, true, 1, '{{}}', 120, 20000, '', '{{}}', '{{}}',
        (SELECT id FROM accounts_user WHERE kind = 'staff' ORDER BY id OFFSET place LIMIT 1), '', '{{}}'
    FROM unnest(ARRAY[{SOURCES}]) WITH ORDINALITY AS known (code, place) ON CONFLICT DO NOTHING""",
    f"""INSERT INTO citizens_intakemessage (external_ref, digest, sealed_raw, sealed_fields, state, is_first, version,
        way, error_code, errors, notes, tries, received_at, reason, order_id, platform_id)
    SELECT 'benchmark-' || o.id, md5(o.id::text), %(sealed)s, %(sealed)s, 'applied', true, 1, 'door', '', '{{}}', '[]',
        1, o.reported_at, '', o.id, p.id
    FROM workorders_workorder o JOIN citizens_intakeplatform p ON p.code = o.source WHERE o.source IN ({SOURCES})""",
    f"""INSERT INTO citizens_intakemessage (external_ref, digest, sealed_raw, sealed_fields, state, is_first, version,
        way, error_code, errors, notes, tries, received_at, reason, platform_id)
    SELECT 'letter-' || n, md5(n::text), %(sealed)s, %(sealed)s, CASE WHEN n % 10 = 0 THEN 'discarded' ELSE 'dead' END,
        true, 1, 'door', 'unreadable', '{{"title": ["-"]}}', '[]', 1, lianqin_now() - n * interval '1 minute', '',
        (SELECT id FROM citizens_intakeplatform ORDER BY id OFFSET n % 5 LIMIT 1)
    FROM generate_series(1, {LETTERS}) AS n""",
    """INSERT INTO citizens_returnmessage (external_ref, seq, key, kind, text, happened_at, state, attempts, next_at,
        sent_at, response_code, response_excerpt, order_id, platform_id)
    SELECT m.external_ref, seq, gen_random_uuid(), 'registered', '-', m.received_at,
        CASE WHEN m.id % 300 = 0 AND seq = 2 THEN 'stuck' ELSE 'sent' END, 1, m.received_at, m.received_at, '200', '',
        m.order_id, m.platform_id
    FROM citizens_intakemessage m, generate_series(1, 2) AS seq WHERE m.order_id IS NOT NULL
    ON CONFLICT DO NOTHING""",
    """INSERT INTO citizens_readsuggestion (order_id, code, confidence, suggested_at, model_id)
    SELECT o.id, c.code, 0.8, o.reported_at, (SELECT max(id) FROM citizens_textmodel)
    FROM workorders_workorder o JOIN catalogue_category c ON c.id = o.category_id
    WHERE o.source IN ('citizen', 'hotline_12345') ON CONFLICT DO NOTHING""",
    """INSERT INTO citizens_pointsaccount (kind, balance, owed, user_id)
    SELECT 'citizen', 0, 0, u.id FROM accounts_user u WHERE u.kind = 'citizen' ON CONFLICT DO NOTHING""",
)
ANALYZED = ("intakemessage", "returnmessage", "readsuggestion", "pointsaccount", "ordersignature")


def fill() -> None:
    """A minute or two."""
    reader, parts, scores = learned(ReadingKind.CATEGORY, None, TAUGHT, lambda read: None)
    # It always says something: that takes longer than to be silent.
    told = {"texts": parts.texts}
    model = keep_version(
        kind=ReadingKind.CATEGORY, reader=replace(reader, threshold=0.0), scores=scores, learned_from=told
    )
    TextModel.objects.filter(kind=model.kind, state=ReadingState.ACTIVE).update(state=ReadingState.RETIRED)
    TextModel.objects.filter(pk=model.pk).update(state=ReadingState.ACTIVE, automatic=True)
    words = {"title": "-", "description": "-" * 400, "address": "-", "reporter_name": "-", "reporter_phone": "-"}
    with connection.cursor() as cursor:
        for sql in FILLING:
            sealed = {"sealed": CONTENTS.close(json.dumps(words))} if "%(sealed)s" in sql else None
            cursor.execute(sql.replace(" % ", " %% ") if sealed else sql, sealed)
    _sign()
    publish_months()
    with connection.cursor() as cursor:
        for name in ANALYZED:
            cursor.execute(f"ANALYZE citizens_{name}")


def _sign() -> None:
    lately = OrderText.objects.filter(order__reported_at__gte=clock.now() - KEPT, erased_at=None, order__signature=None)
    rows = lately.values_list("order_id", "title", "description").iterator()
    made = (OrderSignature(order_id=pk, buckets=signature(told_by(*words))) for pk, *words in rows)
    OrderSignature.objects.bulk_create(made, batch_size=2000)

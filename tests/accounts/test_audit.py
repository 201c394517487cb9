"""The audit log only grows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry, User
from accounts.services import audit

pytestmark = pytest.mark.django_db


def test_an_entry_carries_who_what_where(dispatcher: User) -> None:
    audit(actor_id=dispatcher.pk, action="looked", object_label="PK" * 150, detail={"why": "核实"}, ip="::1")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.detail, entry.ip) == (dispatcher, "looked", {"why": "核实"}, "::1")
    assert len(entry.object_label) == 200
    assert entry.at is not None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_auditentry SET action = 'other'", "DELETE FROM accounts_auditentry"],
)
def test_the_database_refuses_to_change_or_lose_an_entry(statement: str) -> None:
    audit(actor_id=None, action="looked")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "looked"


def test_an_entry_goes_with_the_transaction_that_it_describes() -> None:
    with transaction.atomic():
        audit(actor_id=None, action="looked")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()

"""Writes: the audit log, people, tokens, officers, drafts with four eyes, and the end of what has expired."""

from accounts.services.auditing import audit
from accounts.services.drafting import (
    decide_draft,
    lock_draft,
    require_open,
    require_seen,
    submit_draft,
    withdraw_draft,
)
from accounts.services.officers import create_officer
from accounts.services.passwords import Slip, ask_for_password, issue_one_time_passwords, take_key
from accounts.services.people import (
    change_person,
    close_access,
    create_person,
    drop_person,
    free_username,
    restore_access,
)
from accounts.services.purging import purge_expired_tokens, purge_idempotency_records
from accounts.services.tokens import change_password, issue_token, revoke_token

__all__ = [
    "Slip",
    "ask_for_password",
    "audit",
    "change_password",
    "change_person",
    "close_access",
    "create_officer",
    "create_person",
    "decide_draft",
    "drop_person",
    "free_username",
    "issue_one_time_passwords",
    "issue_token",
    "lock_draft",
    "purge_expired_tokens",
    "purge_idempotency_records",
    "require_open",
    "require_seen",
    "restore_access",
    "revoke_token",
    "submit_draft",
    "take_key",
    "withdraw_draft",
]

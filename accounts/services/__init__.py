"""Writes: the audit log, tokens, officers, drafts with four eyes, and the end of what has expired."""

from accounts.services.auditing import audit
from accounts.services.drafting import decide_draft, lock_draft, require_open, submit_draft, withdraw_draft
from accounts.services.officers import create_officer
from accounts.services.purging import purge_expired_tokens, purge_idempotency_records
from accounts.services.tokens import change_password, issue_token, revoke_token

__all__ = [
    "audit",
    "change_password",
    "create_officer",
    "decide_draft",
    "issue_token",
    "lock_draft",
    "purge_expired_tokens",
    "purge_idempotency_records",
    "require_open",
    "revoke_token",
    "submit_draft",
    "withdraw_draft",
]

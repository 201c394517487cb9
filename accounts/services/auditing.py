"""The audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import AuditEntry


def audit(
    *,
    actor_id: int | None,
    action: str,
    object_label: str = "",
    detail: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Append one line to the audit log, within the caller's transaction."""
    return AuditEntry.objects.create(
        actor_id=actor_id, action=action, object_label=object_label[:200], detail=dict(detail or {}), ip=ip
    )

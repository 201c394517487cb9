"""Ask an idle connection for its health without a round trip.

Django would send ``SELECT 1`` before the first statement of every request: one statement in ten. A server that
restarted or ended the session has said so on the socket, where it can be seen for nothing. What was silent for long
may have been dropped on the way without a word; it is asked as before.
"""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base, operations

SILENT_SECONDS = 30.0


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """The text for the log of statements; psycopg no longer has it once a statement is prepared."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard_at = 0.0

    def close_if_unusable_or_obsolete(self) -> None:
        # A plan that no longer fits its tables fails at every use, while a connection that has it seems well.
        if self.errors_occurred and self.connection is not None and not self.in_atomic_block:
            self.close()
        super().close_if_unusable_or_obsolete()

    def close_if_health_check_failed(self) -> None:
        # The first statement of a request asks for the whole of it.
        if not self.health_check_done and self._looks_alive():
            self.health_check_done = True
        super().close_if_health_check_failed()
        self.heard_at = time.monotonic()

    def _looks_alive(self) -> bool:
        """Whether the connection was used a moment ago, and nothing has come in since that nobody asked for."""
        if self.connection is None or self.connection.closed or time.monotonic() - self.heard_at > SILENT_SECONDS:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)

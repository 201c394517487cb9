"""Tell what went wrong with the database from what went wrong with the work."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

# Serialization, deadlock, too many connections, lock not available; by class: connection, shutdown by an operator.
PASSING_STATES = ("40001", "40P01", "53300", "55P03")
PASSING_CLASSES = ("08", "57P")


def is_passing(error: BaseException) -> bool:
    """Return whether the same work would succeed another time: the connection was cut, a deadlock broken up.

    Looking at the connection does not tell: Django has opened another one by the time the error arrives.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    # Without a state it is the client that lost the server.
    return state is None or state in PASSING_STATES or state.startswith(PASSING_CLASSES)

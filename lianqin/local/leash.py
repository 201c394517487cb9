"""Run a command that dies with its parent: ``python leash.py SIGNAL [--namespace | --user=ID] -- COMMAND...``.

A script of its own and not a ``preexec_fn``, which is unsafe beside threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
MAPPED_ID = 1000


def enter_namespace() -> None:
    """Become an ordinary user of a new user namespace: PostgreSQL refuses to run as root."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{MAPPED_ID} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{MAPPED_ID} {group} 1")


def become(user: int) -> None:
    """Drop root for good. Only here: Python itself may lie where ``user`` may not go."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


def die_with_parent(signal_number: int, parent: int) -> None:
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


def main(arguments: list[str]) -> None:
    options, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    parent = os.getppid()
    if "--namespace" in options:
        enter_namespace()
    for option in options:
        if option.startswith("--user="):
            become(int(option.removeprefix("--user=")))
    # Both change credentials, which clears the signal: ask for it afterwards.
    die_with_parent(int(options[0]), parent)
    # SIGINT may arrive ignored from a background shell, and PostgreSQL stops fast by it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])

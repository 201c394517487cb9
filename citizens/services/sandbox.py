"""A process of its own for what may be made to break us: little memory, little time, no say in anything else."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from workorders.errors import AttachmentRefused
from workorders.services.media import Media, examined

MEGABYTE = 1024 * 1024
# Beside what the process already has; the largest picture that is taken needs about half of it.
MEMORY, CPU_SECONDS, WALL_SECONDS = 1024 * MEGABYTE, 20, 40.0
LARGEST_RESULT = 64 * MEGABYTE
NICE = 19
WHOLE, SMALL, FACTS = "whole", "small", "facts.json"
FACT_NAMES = ("mime", "width", "height", "lon", "lat")


def remade(source: Path) -> Media:
    """What :func:`examined` makes of a file, made elsewhere. Raises AttachmentRefused and FileNotFoundError.

    The child shares nothing with us that it could write to but a folder; what it says is read as data.
    """
    source.stat()
    with tempfile.TemporaryDirectory(prefix="lianqin-") as folder:
        child = os.fork()
        if child == 0:
            _work(source, Path(folder))
        _wait(child)
        return _read(Path(folder))


def _work(source: Path, folder: Path) -> None:
    """In the child: never returns."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        _limit()
        code = _examine(source, folder)
    finally:
        # Whatever was raised ends here: the parent sees that there is no answer.
        os._exit(code)


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    room = pages * resource.getpagesize() + MEMORY
    _lower(resource.RLIMIT_AS, room if pages else resource.RLIM_INFINITY)
    _lower(resource.RLIMIT_CPU, CPU_SECONDS)
    _lower(resource.RLIMIT_FSIZE, LARGEST_RESULT)
    _lower(resource.RLIMIT_CORE, 0)
    # Pages come first: what waits in quarantine has time.
    os.nice(NICE)


def _lower(what: int, to: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = to if hard == resource.RLIM_INFINITY else min(to, hard)
    resource.setrlimit(what, (most, hard))


def _examine(source: Path, folder: Path) -> int:
    try:
        media = examined(source.read_bytes())
    except AttachmentRefused as refused:
        (folder / FACTS).write_text(json.dumps({"refused": refused.code, "told": str(refused.message)}))
        return 0
    except MemoryError:
        (folder / FACTS).write_text(json.dumps({"refused": "too_many_pixels", "told": ""}))
        return 0
    (folder / WHOLE).write_bytes(media.data)
    (folder / SMALL).write_bytes(media.thumbnail)
    facts: dict[str, Any] = {name: getattr(media, name) for name in FACT_NAMES}
    facts["taken_at"] = media.taken_at.isoformat() if media.taken_at else None
    # Last: without it the rest counts for nothing.
    (folder / FACTS).write_text(json.dumps(facts))
    return 0


def _wait(child: int) -> None:
    end, pause = time.monotonic() + WALL_SECONDS, 0.002
    try:
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                break
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        else:
            return
    except BaseException:
        _end(child)
        raise
    _end(child)


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _read(folder: Path) -> Media:
    try:
        facts = json.loads((folder / FACTS).read_text())
    except (FileNotFoundError, ValueError) as error:
        raise AttachmentRefused(_("文件无法处理"), code="unreadable") from error
    if "refused" in facts:
        raise AttachmentRefused(facts["told"] or None, code=facts["refused"])
    return Media(
        **{name: facts[name] for name in FACT_NAMES},
        data=(folder / WHOLE).read_bytes(),
        thumbnail=(folder / SMALL).read_bytes(),
        taken_at=parse_datetime(facts["taken_at"]) if facts["taken_at"] else None,
    )

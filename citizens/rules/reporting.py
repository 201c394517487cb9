"""From what somebody says to what an order needs. Pure."""

from __future__ import annotations

import re

LONGEST_TITLE, LONGEST = 80, 2000
MEGABYTE = 1024 * 1024
# Most bytes of a file by kind, of all files of a report together, and of what is typed beside them.
LIMITS = {"image": 10 * MEGABYTE, "video": 50 * MEGABYTE, "audio": 10 * MEGABYTE}
MOST_FILES, MOST_BYTES, MOST_TYPED = 6, 60 * MEGABYTE, MEGABYTE
# What the first bytes of a file must show. Brands of ISO media: whether a film has pictures is seen only at its end.
HEAD = 64 * 1024
VIDEO_BRANDS = (b"qt  ", b"iso", b"mp4", b"avc", b"M4V", b"3gp", b"MSN", b"das")
SOUND_BRANDS = (b"M4A ", b"M4B ")
SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]*")


def divided(words: str) -> tuple[str, str]:
    """The title and what is left: the first sentence, or all of it below a title that had to be cut."""
    told = words.strip()
    found = SENTENCE.match(told)
    first = found.group() if found else told
    title = first.strip().rstrip("。；;")
    if len(title) > LONGEST_TITLE:
        return f"{title[: LONGEST_TITLE - 1]}…", told
    return title, told[len(first) :].strip()


def kind_of(head: bytes, mime: str) -> str:
    """``image``, ``video`` or ``audio`` of a file that begins like this and was sniffed as ``mime``; else empty."""
    kind = mime.partition("/")[0]
    if kind in LIMITS:
        return kind
    brand = head[8:12]
    if head[4:8] != b"ftyp":
        return ""
    if brand in SOUND_BRANDS:
        return "audio"
    return "video" if brand.startswith(VIDEO_BRANDS) else ""


def alike(a: set[str], b: set[str]) -> float:
    """How much two sets of pairs of letters have in common, 0 to 1."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0

"""A mail as a report: who wrote it, what it says in plain words, and what is attached. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html.parser import HTMLParser
from itertools import islice

MOST_PARTS, LONGEST_TEXT, LONGEST_SUBJECT = 100, 20_000, 300
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
DOMAIN = re.compile(r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "blockquote"}
SILENT = {"script", "style", "head", "title", "template"}
MANY_BREAKS = re.compile(r"\n\s*\n\s*")


class UnreadableMail(ValueError):
    """Not a mail, or one that was made to be read by nobody."""


@dataclass(frozen=True, slots=True)
class Mail:
    """``key`` is of author and Message-ID: the same mail has it however often it comes, and nobody else's has it."""

    key: str
    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    is_automatic: bool
    attachments: list[bytes] = field(default_factory=list)


def read_mail(data: bytes) -> Mail:
    """Raises UnreadableMail."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        name, sender = parseaddr(_header(message, "From"))
        message_id = _header(message, "Message-ID")
        return Mail(
            key=key_of(f"{sender.lower()}\n{message_id}" if message_id else "", data),
            message_id=message_id[:300],
            sender=sender.lower(),
            name=name[:40],
            subject=_header(message, "Subject")[:LONGEST_SUBJECT],
            text=_text(message)[:LONGEST_TEXT],
            is_automatic=_is_automatic(message),
            attachments=_attachments(message),
        )
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        # The library is strict about headers, and raises what the part that it stumbles over raises.
        raise UnreadableMail from error


def key_of(told: str, data: bytes) -> str:
    """A number for who has none; a mail without an id is told by all that is in it."""
    return f"mail-{hashlib.sha256(told.encode(errors='replace') or data).hexdigest()[:24]}"


def is_among(sender: str, allowed: list[str]) -> bool:
    """Whether ``allowed`` names the address, or its domain as ``@domain``."""
    told = sender.strip().lower()
    return any(told == each.lower() or (each.startswith("@") and told.endswith(each.lower())) for each in allowed)


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(_storable(str(message.get(name, ""))).split())


def _storable(text: str) -> str:
    """Without what is no letter anywhere: halves of surrogate pairs come of charsets that nobody should use."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _is_automatic(message: EmailMessage) -> bool:
    """What a program wrote in answer to another: to answer it might go on for ever."""
    told = _header(message, "Auto-Submitted").lower()
    return (
        told not in ("", "no")
        or _header(message, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
        or bool(message.get("List-Id"))
    )


def _text(message: EmailMessage) -> str:
    """The plain words, or those of the HTML without anything else of it."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    told = _content(body)
    if body.get_content_type() == "text/html":
        told = plain_of(told)
    return MANY_BREAKS.sub("\n\n", _storable(told).replace("\r\n", "\n")).strip()


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeDecodeError):
        data = part.get_payload(decode=True)
        return data.decode("gb18030", errors="replace") if isinstance(data, bytes) else ""


def _attachments(message: EmailMessage) -> list[bytes]:
    parts = list(islice(message.walk(), MOST_PARTS + 1))
    if len(parts) > MOST_PARTS:
        raise UnreadableMail
    found = []
    for part in parts:
        if part.get_content_maintype() in ("image", "audio", "video") or part.get_filename():
            data = part.get_payload(decode=True)
            found += [data] if isinstance(data, bytes) and data else []
    return found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(" ".join(data.split()) if data.strip() else " ")


def plain_of(html: str) -> str:
    """The words of a page, a line for each block; no tag, no script, no style."""
    reader = _Words()
    reader.feed(html[: LONGEST_TEXT * 10])
    reader.close()
    lines = (line.strip() for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)

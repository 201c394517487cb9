"""Mail over SMTP."""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import socket
import ssl
import threading
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from relay.rules.channels import Outcome
from relay.transports.addresses import PORTS
from relay.transports.parcels import Parcel

SENT = Outcome(is_sent=True, code="250")
# Whether a mail arrived that was handed over and not confirmed, nobody can know: a person decides whether to repeat it.
UNKNOWN = Outcome(is_sent=False, code="unknown", excerpt="邮件已交给服务器但未获确认，不自动重发", is_final=True)


class Trip:
    """One way to the mail server and back. Who waits for it may end it, and learns what is known of the mail then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_over = False
        self._fate: Outcome | None = None
        self.line: smtplib.SMTP | None = None

    def go_on(self) -> None:
        """Raise TimeoutError once the trip is over."""
        if self._is_over:
            raise TimeoutError("the time is over")

    def hand_over(self) -> None:
        """Say that the end of the mail leaves now; raise TimeoutError once the trip is over."""
        with self._lock:
            self.go_on()
            self._fate = UNKNOWN

    def know(self, fate: Outcome | None) -> None:
        """Say what became of the mail; None: it was not taken."""
        with self._lock:
            self._fate = fate

    def end(self) -> Outcome | None:
        """Cut the line and let no mail leave any more. Return what became of one that left, or None."""
        with self._lock:
            self._is_over = True
            fate = self._fate
        if self.line is not None and self.line.sock is not None:
            # Past TLS, which would wait for the other side; closed already is as good.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.line.sock, socket.SHUT_RDWR)
        return fate


class _Line(smtplib.SMTP):
    """A connection that sends nothing once its trip is over."""

    def __init__(self, *args: Any, trip: Trip, **options: Any) -> None:
        self._trip = trip
        trip.line = self
        super().__init__(*args, **options)

    def send(self, s: Any) -> None:
        self._trip.go_on()
        if not (isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")):
            super().send(s)
            return
        self._trip.hand_over()
        try:
            super().send(s)
        except OSError:
            # Without its end a mail is not taken.
            self._trip.know(None)
            raise

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, words = super().data(msg)
        self._trip.know(SENT if code == 250 else None)
        return code, words


class _SealedLine(_Line, smtplib.SMTP_SSL):
    """... over TLS from the start."""


class _Backend(EmailBackend):
    """Django's, on a line that can be cut."""

    def __init__(self, *, trip: Trip, **options: Any) -> None:
        super().__init__(**options)
        self._trip = trip

    @property
    def connection_class(self) -> Any:
        return partial(_SealedLine if self.use_ssl else _Line, trip=self._trip)


def mail(parcel: Parcel, seconds: float, trip: Trip) -> Outcome:
    """Send one mail; blocks, up to ``seconds`` at each step, until the trip is ended.

    Raises OSError and SMTPException for what may pass; a mail that left by then is known to the trip.
    """
    trip.go_on()
    parts = urlsplit(parcel.address)
    sender = str(parcel.options["sender"])
    connection = _Backend(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        username=parcel.secrets.get("username") or None,
        password=parcel.secrets.get("password") or None,
        use_ssl=parts.scheme == "smtps",
        use_tls=bool(parcel.options.get("starttls")) and parts.scheme == "smtp",
        timeout=seconds,
        trip=trip,
    )
    # The same mail twice has the same id: the reader's mailbox shows it once.
    digest = hashlib.sha256(parcel.key.encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@{sender.rpartition('@')[2]}>", "Idempotency-Key": parcel.key}
    # So that no program answers it, and no two of them answer each other for ever (RFC 3834).
    headers["Auto-Submitted"] = "auto-generated"
    text = "\n\n".join(part for part in (parcel.text, parcel.url) if part)
    message = EmailMessage(parcel.subject, text, sender, [parcel.to], headers=headers, connection=connection)
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as error:
        return _refused(error.smtp_code, error.smtp_error, is_final=True, blames_channel=True)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        return _refused(code, words, is_final=code >= 500, blames_channel=False)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error, is_final=error.smtp_code >= 500, blames_channel=True)
    except ssl.SSLError as error:
        return Outcome(is_sent=False, code="tls", excerpt=str(error)[:300])
    return SENT


def _refused(code: int, words: bytes | str, *, is_final: bool, blames_channel: bool) -> Outcome:
    """The server's words, without the addresses that it repeats."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    excerpt = " ".join(part if "@" not in part else "…" for part in text.split())[:300]
    return Outcome(is_sent=False, code=str(code), excerpt=excerpt, is_final=is_final, blames_channel=blames_channel)

"""Mail over SMTP."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from urllib.parse import urlsplit

from django.core.mail import EmailMessage, get_connection

from relay.rules.channels import Outcome
from relay.transports.addresses import PORTS
from relay.transports.parcels import Parcel


def mail(parcel: Parcel, seconds: float) -> Outcome:
    """Send one mail; blocks, up to ``seconds`` at each step. Raises OSError and SMTPException for what may pass."""
    parts = urlsplit(parcel.address)
    sender = str(parcel.options["sender"])
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        username=parcel.secrets.get("username") or None,
        password=parcel.secrets.get("password") or None,
        use_ssl=parts.scheme == "smtps",
        use_tls=bool(parcel.options.get("starttls")) and parts.scheme == "smtp",
        timeout=seconds,
    )
    # The same mail twice has the same id: the reader's mailbox shows it once.
    digest = hashlib.sha256(parcel.key.encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@{sender.rpartition('@')[2]}>", "Idempotency-Key": parcel.key}
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
    return Outcome(is_sent=True, code="250")


def _refused(code: int, words: bytes | str, *, is_final: bool, blames_channel: bool) -> Outcome:
    """The server's words, without the addresses that it repeats."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    excerpt = " ".join(part if "@" not in part else "…" for part in text.split())[:300]
    return Outcome(is_sent=False, code=str(code), excerpt=excerpt, is_final=is_final, blames_channel=blames_channel)

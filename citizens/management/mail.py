"""What speaks SMTP for the mailboxes of platforms: refuses early, and says 250 only for what is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, InterfaceError, connection

from citizens.errors import NotOfMailbox, TooMany
from citizens.rules.mails import UnreadableMail, is_among, read_mail
from citizens.services.mails import mailbox_of, take_mail
from lianqin.kernel.errors import DomainError

log = logging.getLogger(__name__)
# It would write down who wrote to whom.
logging.getLogger("mail.log").setLevel(logging.WARNING)
MOST_BYTES = 40 * 1024 * 1024
MOST_RECIPIENTS, WORKERS, SILENCE_SECONDS = 5, 4, 60.0
LATER = "451 4.3.0 Try again later"
Network = IPv4Network | IPv6Network
Result = TypeVar("Result")


class Mailboxes:
    """The handler that aiosmtpd asks. The database is asked in threads of our own, a connection each time."""

    def __init__(self, peers: Sequence[Network]) -> None:
        self.peers = peers
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="mail")

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._is_peer(session):
            return "550 5.7.1 Not a mail server that we take mail from"
        if not address:
            return "550 5.7.1 Reports of delivery are not taken"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            platform = await self._in_thread(mailbox_of, address)
        except (DatabaseError, InterfaceError, OSError):
            return LATER
        if platform is None:
            return "550 5.1.1 No such mailbox"
        if not is_among(envelope.mail_from or "", platform.mail_senders):
            return "550 5.7.1 This mailbox does not take mail from that sender"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """250 once every mailbox has it; sent again after anything else, it is still there once."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        return await self._in_thread(_taken, list(envelope.rcpt_tos), content)

    async def _in_thread(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._workers, _closing, work, arguments)

    def _is_peer(self, session: Session) -> bool:
        address = ip_address(str(session.peer[0]).partition("%")[0]) if session.peer else None
        mapped = getattr(address, "ipv4_mapped", None) or address
        return mapped is not None and any(mapped in network for network in self.peers)


def _closing(work: Callable[..., Result], arguments: Sequence[Any]) -> Result:
    try:
        return work(*arguments)
    finally:
        connection.close()


def _taken(recipients: Sequence[str], content: bytes) -> str:
    try:
        mail = read_mail(content)
    except UnreadableMail:
        return "554 5.6.0 The mail cannot be read"
    if mail.is_automatic:
        return "550 5.7.0 Automatic mail is not taken"
    try:
        for recipient in recipients:
            platform = mailbox_of(recipient)
            if platform is None:
                return "550 5.1.1 No such mailbox"
            take_mail(platform=platform, mail=mail)
    except NotOfMailbox:
        return "550 5.7.1 This mailbox does not take mail from that author"
    except TooMany:
        return "451 4.7.1 Too much mail, try again later"
    except DomainError as error:
        log.warning("a mail was refused: %s", error.code)
        return "554 5.6.0 The mail cannot be taken"
    except Exception:
        log.exception("a mail could not be kept")
        return LATER
    return "250 2.0.0 Kept"


class Line(SMTP):
    """A conversation with one client. Programs write longer lines than they should."""

    line_length_limit = 64 * 1024


def line(handler: Mailboxes) -> Line:
    return Line(
        handler,
        data_size_limit=MOST_BYTES,
        enable_SMTPUTF8=True,
        ident="lianqin",
        timeout=SILENCE_SECONDS,
        decode_data=False,
    )

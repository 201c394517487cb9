"""How a platform writes letters beside its messages: by mail, over SMTP, to the mailbox that it was given."""

from __future__ import annotations

import contextlib
import smtplib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

from citizens.management.platforms.appeals import Appeal

PATIENCE_SECONDS = 10.0
# Of so many letters one is sent before anything was written.
EMPTY = 3


@dataclass(frozen=True, slots=True)
class Post:
    """``writer`` and ``mailbox`` are addresses; ``pause`` is in seconds between two letters."""

    host: str
    port: int
    writer: str
    mailbox: str
    pause: float

    def run(self, appeals: Iterable[Appeal], stopping: threading.Event) -> None:
        """Write one after the other until told to stop; what cannot be delivered is not said again."""
        for number, appeal in enumerate(appeals):
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.send(self.letter(appeal, is_empty=number % EMPTY == 1))
            if stopping.wait(self.pause):
                return

    def letter(self, appeal: Appeal, *, is_empty: bool = False) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{appeal.name} <{self.writer}>", self.mailbox
        mail["Message-ID"] = make_msgid(appeal.number, self.writer.partition("@")[2])
        mail["Subject"] = "" if is_empty else appeal.title
        mail.set_content("" if is_empty else f"{appeal.address}：{appeal.text}\n")
        return mail

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS) as line:
            line.send_message(mail)

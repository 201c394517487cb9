"""A mail server that is slow gets a mail once: nothing leaves late, and what may have arrived is not repeated."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relay.models import OutgoingMessage
from relay.services import send_due
from tests.cast import Cast
from tests.relay.receivers import Mailbox
from tests.relay.test_channels import channel, queue
from tests.workorders.conftest import shift

__all__ = ["shift"]

Post = Callable[..., tuple[Mailbox, OutgoingMessage]]


@pytest.fixture
def post(db: None, cast: Cast, settings: Any) -> Iterator[Post]:
    """A maker of mail servers with a mail queued for each."""
    settings.LIANQIN_MESSAGE_HOSTS = ["smtp://127.0.0.1:*"]
    person = cast.user("handler")
    person.email = "a@example.com"
    person.save()
    boxes = list[Mailbox]()

    def make(**behaves: Any) -> tuple[Mailbox, OutgoingMessage]:
        boxes.append(Mailbox(**behaves))
        mail = channel("mail", boxes[-1].address, options={"sender": "x@y.example"})
        return boxes[-1], queue(mail, recipient=f"p:{person.pk}")

    yield make
    for box in boxes:
        box.close()


@pytest.mark.parametrize("behaves", [{"waits": {".": 0.6}}, {"cuts": "."}], ids=["confirms too late", "hangs up"])
def test_a_mail_that_left_is_not_repeated(
    post: Post, shift: Callable[[dt.timedelta], None], behaves: dict[str, Any]
) -> None:
    box, message = post(**behaves)
    send_due(patience=0.3)
    message.refresh_from_db()
    assert (message.state, message.response_code, message.attempts) == ("dead", "unknown", 1)
    shift(dt.timedelta(hours=1))
    send_due(patience=2)
    assert len(box.mails) == 1


@pytest.mark.parametrize("verb", ["EHLO", "RCPT", "DATA"])
def test_no_mail_leaves_once_the_time_is_over(post: Post, shift: Callable[[dt.timedelta], None], verb: str) -> None:
    box, message = post(waits={verb: 0.5})
    send_due(patience=0.3)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", 1)
    time.sleep(0.5)
    assert box.mails == []
    box.waits = {}
    shift(dt.timedelta(minutes=1))
    send_due(patience=2)
    message.refresh_from_db()
    assert (message.state, len(box.mails)) == ("sent", 1)


def test_many_slow_steps_do_not_add_up(post: Post) -> None:
    box, message = post(waits=dict.fromkeys(("EHLO", "MAIL", "RCPT", "DATA"), 0.15))
    send_due(patience=0.35)
    message.refresh_from_db()
    assert (message.state, message.response_code) == ("failed", "timeout")
    time.sleep(0.4)
    assert box.mails == []


def test_a_slow_farewell_takes_nothing_back(post: Post) -> None:
    box, message = post(waits={"QUIT": 0.6})
    send_due(patience=0.3)
    message.refresh_from_db()
    assert (message.state, len(box.mails)) == ("sent", 1)

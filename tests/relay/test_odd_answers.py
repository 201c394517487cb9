"""Answers that no gateway should give: each is written down, and the next message goes out all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError

from relay.models import OutgoingMessage
from relay.rules.channels import Outcome
from relay.services import Sender, send_due
from relay.services.sending import Job, settle
from tests.cast import Cast
from tests.relay.receivers import Mailbox, Receiver, Reply, receivers
from tests.relay.test_channels import Make, channel, queue, states


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*", "smtp://127.0.0.1:*"]


@pytest.fixture
def make() -> Iterator[Make]:
    with receivers() as maker:
        yield maker


def gateway(receiver: Receiver, cast: Cast, number: int = 1) -> OutgoingMessage:
    person = cast.user("handler")
    person.phone, person.email = "13900001111", "a@example.com"
    person.save()
    options = {"success_path": "code", "success_value": "0"}
    return queue(channel("sms", receiver.address, options=options), f"k{number}", recipient=f"p:{person.pk}")


@pytest.mark.parametrize(("odd", "code"), [("\\u0000", "200/"), ("\\ud800", "200/"), ("A\\u0000\\ud800B", "200/AB")])
def test_an_odd_code_is_written_down_without_what_is_odd(db: None, make: Make, cast: Cast, odd: str, code: str) -> None:
    message = gateway(make(Reply(body=f'{{"code":"{odd}"}}')), cast)
    send_due()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.response_code) == ("failed", 1, code)
    message.channel.refresh_from_db()
    assert message.channel.last_error.startswith(code)


def test_an_odd_reply_of_a_mail_server(db: None, cast: Cast) -> None:
    box = Mailbox(refuse="550 no\x00 such\x1b[31m reader")
    try:
        person = cast.user("handler")
        person.email = "a@example.com"
        person.save()
        mail = channel("mail", box.address, options={"sender": "x@y.example"})
        message = queue(mail, recipient=f"p:{person.pk}")
        send_due()
        message.refresh_from_db()
        assert (message.state, message.response_code) == ("dead", "550")
        assert message.response_excerpt == "no such[31m reader"
    finally:
        box.close()


def test_an_outcome_that_cannot_be_written_holds_up_nobody(
    db: None, make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = gateway(make(Reply(body='{"code":"0"}')), cast), gateway(make(Reply(body='{"code":"0"}')), cast, 2)

    def failing(job: Job, outcome: Outcome) -> bool:
        if job.message_id == first.pk and outcome.code == "200":
            raise DataError("nobody foresaw this")
        return settle(job, outcome)

    monkeypatch.setattr("relay.services.sender.settle", failing)
    send_due()
    assert states() == {"k1": "sent", "k2": "sent"}, "what was sent is not sent again"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.response_code, first.response_excerpt, second.response_code) == ("error", "DataError", "200")


def test_what_cannot_be_written_at_all_waits_for_the_end_of_its_lease(
    db: None, make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = gateway(make(Reply(body='{"code":"0"}')), cast)
    gateway(make(Reply(body='{"code":"0"}')), cast, 2)

    def failing(job: Job, outcome: Outcome) -> bool:
        if job.message_id == first.pk:
            raise DataError("nobody foresaw this")
        return settle(job, outcome)

    monkeypatch.setattr("relay.services.sender.settle", failing)
    send_due()
    assert states() == {"k1": "sending", "k2": "sent"}


def test_an_outcome_waits_for_a_database_that_is_away(
    db: None, make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = gateway(make(Reply(body='{"code":"0"}')), cast)
    fails = [OperationalError("the server closed the connection")]

    def failing(job: Job, outcome: Outcome) -> bool:
        if fails:
            raise fails.pop()
        return settle(job, outcome)

    monkeypatch.setattr("relay.services.sender.settle", failing)
    with Sender() as working:
        assert working.step() == 1
        working.rest(5)
        with pytest.raises(OperationalError):
            working.step()
        assert working.is_busy, "the outcome is not lost with the connection"
        working.step()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.response_code) == ("sent", 1, "200")


def test_a_fault_found_before_the_call_holds_up_nobody(
    db: None, make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = gateway(make(), cast)
    person = cast.user("handler")
    person.phone = ""
    person.save()

    def failing(job: Job, outcome: Outcome) -> bool:
        if outcome.code == "no_address":
            raise DataError("nobody foresaw this")
        return settle(job, outcome)

    monkeypatch.setattr("relay.services.sender.settle", failing)
    send_due(seconds=0.5)
    message.refresh_from_db()
    assert (message.state, message.response_code) == ("dead", "error")

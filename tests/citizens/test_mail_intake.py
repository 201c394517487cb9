"""Mail for platforms, over a real SMTP conversation: kept once, with its files and its answer, before 250 is said."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import OperationalError

from citizens.management import mail as listening
from citizens.management.platforms.appeals import Appeal
from citizens.management.platforms.post import Post
from citizens.models import IntakeDay, IntakeMessage, IntakePlatform, Receipt, Upload
from citizens.rules.mails import UnreadableMail, plain_of, read_mail
from citizens.services.quarantine import place_of
from citizens.services.visitors import mark
from lianqin.local.processes import free_port
from relay.models import Channel, OutgoingMessage
from relay.services.letters import letter
from relay.transports import broker
from tests.citizens.platforms import opened
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

BOX, WRITER = "report@lianqin.example", "office@street.example"
Hand = Callable[..., tuple[int, str]]


def written(number: str = "1", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    told = {"From": f"街道办 <{WRITER}>", "To": BOX, "Subject": "路灯不亮", "Message-ID": f"<{number}@street.example>"}
    for name, text in {**told, **headers}.items():
        mail[name] = text
    mail.set_content("南里门口两盏路灯不亮，晚上一片漆黑。\n")
    return mail


@pytest.fixture
def hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """``hand(mail)`` is the code and the words of our server, which works in the transaction of the test."""
    opened(desk, "governance_platform", mailbox=BOX, mail_senders=["@street.example"])
    jobs: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()

    async def here(self: Any, work: Callable[..., Any], *arguments: Any) -> Any:
        told: Future[Any] = Future()
        jobs.put((partial(work, *arguments), told))
        return await asyncio.wrap_future(told)

    monkeypatch.setattr(listening.Mailboxes, "_in_thread", here)
    port = free_port()

    def over_smtp(mail: EmailMessage | bytes, sender: str, box: str) -> tuple[int, str]:
        data = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP_LINES)
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            try:
                client.sendmail(sender, [box], data)
            except smtplib.SMTPRecipientsRefused as error:
                code, words = next(iter(error.recipients.values()))
                return code, words.decode()
            except smtplib.SMTPResponseException as error:
                said = error.smtp_error
                return error.smtp_code, said.decode() if isinstance(said, bytes) else said
        return 250, ""

    async def conversation(mail: Any, sender: str, box: str, peers: str) -> tuple[int, str]:
        handler = listening.Mailboxes([ip_network(peers)])
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: listening.line(handler), "127.0.0.1", port)
        try:
            return await loop.run_in_executor(None, over_smtp, mail, sender, box)
        finally:
            server.close()
            jobs.put(None)

    def handed(mail: Any, sender: str = WRITER, box: str = BOX, peers: str = "127.0.0.0/8") -> tuple[int, str]:
        with ThreadPoolExecutor(1) as talking:
            answer = talking.submit(lambda: asyncio.run(conversation(mail, sender, box, peers)))
            while (job := jobs.get()) is not None:
                job[1].set_result(job[0]())
            return answer.result()

    return handed


def test_a_mail_becomes_an_order_and_comes_once(desk: Desk, hand: Hand) -> None:
    Channel.objects.create(kind="mail", name="邮件", address="smtp://mail.example:25", active=True)
    assert hand(written()) == (250, "")
    assert hand(written()) == (250, "")
    order = WorkOrder.objects.select_related("text").get()
    assert (order.source, order.text.title) == ("governance_platform", "路灯不亮")
    assert order.text.description == "南里门口两盏路灯不亮，晚上一片漆黑。"
    message = IntakeMessage.objects.get()
    assert (message.way, message.external_ref, WRITER in message.sealed_raw) == ("mail", order.external_ref, False)
    day = IntakeDay.objects.get()
    assert (day.requests, day.received, day.repeated) == (2, 1, 1)
    to, text = letter(OutgoingMessage.objects.get())
    assert (to, order.number in text, Receipt.objects.get().order_id) == (WRITER, True, order.pk)


def test_a_number_that_somebody_else_has_used_is_not_theirs(desk: Desk, hand: Hand) -> None:
    assert hand(written(From="other@street.example"), sender="other@street.example") == (250, "")
    # Ids of mails are no secret: whoever saw one and was quicker takes nobody's report over.
    assert hand(written()) == (250, "")
    assert hand(written(From=f"Street office <{WRITER.upper()}>")) == (250, "")
    assert (WorkOrder.objects.count(), Receipt.objects.count()) == (2, 2)


def test_one_writer_leaves_room_for_everybody_else(desk: Desk, hand: Hand) -> None:
    platform = IntakePlatform.objects.get()
    for sender in (WRITER, "other@street.example"):
        broker().delete(f"citizen:limit:intake-mail:{mark('intake-mail', f'{platform.pk}:{sender}')}")
    IntakePlatform.objects.update(per_minute=6)
    answers = [hand(written(str(number)))[0] for number in range(5)]
    assert answers == [250, 250, 250, 451, 451]
    assert hand(written(From="other@street.example"), sender="other@street.example") == (250, "")


def test_a_mail_to_two_mailboxes_is_answered_for_each(desk: Desk, hand: Hand) -> None:
    Channel.objects.create(kind="mail", name="邮件", address="smtp://mail.example:25", active=True)
    opened(desk, "portal", mailbox="portal@lianqin.example", mail_senders=["@street.example"])
    assert hand(written()) == (250, "")
    assert hand(written(), box="portal@lianqin.example") == (250, "")
    numbers = set(WorkOrder.objects.values_list("number", flat=True))
    told = [letter(each)[1] for each in OutgoingMessage.objects.all()]
    assert (len(numbers), {number for number in numbers for text in told if number in text}) == (2, numbers)


def test_its_pictures_wait_in_quarantine_and_the_rest_is_named(desk: Desk, hand: Hand, tmp_path: Path) -> None:
    mail = written()
    mail.add_attachment(b"\xff\xd8\xff\xe0" + bytes(400), maintype="image", subtype="jpeg", filename="a.jpg")
    mail.add_attachment(b"MZ" + bytes(400), maintype="application", subtype="octet-stream", filename="a.exe")
    mail.add_attachment("长" * 20_000, subtype="html", cte="8bit", filename="a.html")
    assert hand(mail) == (250, "")
    upload = Upload.objects.get()
    assert (upload.kind, upload.size, upload.receipt.order.source) == ("image", 404, "governance_platform")
    assert place_of(upload.path).stat().st_size == 404
    assert IntakeMessage.objects.get().notes == ["有 2 个附件不能接收"]


def test_only_from_whom_it_is_agreed(desk: Desk, hand: Hand) -> None:
    assert hand(written(), sender="who@else.example")[0] == 550
    assert hand(written(From="who@else.example")) == (550, "5.7.1 This mailbox does not take mail from that author")
    assert hand(written(), sender="who@notstreet.example")[0] == 550
    assert hand(written(), box="other@lianqin.example") == (550, "5.1.1 No such mailbox")
    assert hand(written(), peers="10.0.0.0/8")[0] == 550
    assert hand(written(**{"Auto-Submitted": "auto-replied"})) == (550, "5.7.0 Automatic mail is not taken")
    assert WorkOrder.objects.count() == 0


def test_250_is_said_for_nothing_that_is_not_kept(desk: Desk, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**told: Any) -> Any:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(listening, "take_mail", away)
        assert hand(written())[0] == 451
    assert hand(written()) == (250, "")
    with monkeypatch.context() as patch:
        patch.setattr(listening, "MOST_BYTES", 2_000)
        assert hand(written("2").as_bytes(policy=SMTP_LINES) + b"x" * 3_000)[0] == 552
    assert WorkOrder.objects.count() == 1


def test_a_mail_without_words_waits_for_a_person(desk: Desk, hand: Hand) -> None:
    mail = written(Subject="")
    mail.set_content("")
    assert hand(mail) == (250, "")
    message = IntakeMessage.objects.get()
    assert (message.state, "title" in message.errors, WorkOrder.objects.count()) == ("dead", True, 0)


def test_a_mail_of_pictures_alone_is_an_order(desk: Desk, hand: Hand) -> None:
    mail = written(Subject="")
    mail.set_content("")
    mail.add_attachment(b"\xff\xd8\xff\xe0" + bytes(400), maintype="image", subtype="jpeg", filename="a.jpg")
    assert hand(mail) == (250, "")
    assert WorkOrder.objects.select_related("text").get().text.title == "来信没有文字，见附件"
    assert Upload.objects.count() == 1


def test_an_emulated_platform_writes_letters(desk: Desk, hand: Hand) -> None:
    post = Post("127.0.0.1", 0, WRITER, BOX, pause=0)
    appeal = Appeal("1", "路灯不亮", "晚上一片漆黑。（模拟来件）", address="小区北门")
    assert hand(post.letter(appeal)) == (250, "")
    assert hand(post.letter(appeal, is_empty=True)) == (250, "")
    text = WorkOrder.objects.select_related("text").get().text
    assert (text.title, text.description) == ("路灯不亮", "小区北门：晚上一片漆黑。（模拟来件）")
    assert sorted(IntakeMessage.objects.values_list("state", flat=True)) == ["applied", "dead"]


def test_html_is_read_as_words() -> None:
    html = "<html><style>p{}</style><body><p>路灯<b>不亮</b></p><script>alert(1)</script><p>南里&amp;北里</p></body>"
    assert plain_of(html) == "路灯不亮\n南里&北里"
    mail = EmailMessage()
    mail["From"] = WRITER
    mail.set_content(html, subtype="html")
    assert read_mail(mail.as_bytes()).text == "路灯不亮\n南里&北里"


def test_strange_mails_are_read_or_refused_and_break_nothing() -> None:
    chinese = "From: a@b.example\nSubject: =?gb2312?B?wrfGusa=?=\nContent-Type: text/plain; charset=x-none\n\n"
    assert read_mail(chinese.encode() + "路灯".encode("gb18030")).text == "路灯"
    assert read_mail(b"").text == ""
    assert read_mail(b"\x00\xff" * 50).subject == ""
    many = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: image/png\n\nx\n" * 200 + b"--x--\n"
    with pytest.raises(UnreadableMail):
        read_mail(many)
    first, again = read_mail(b"Message-ID: <1@x>\n\na"), read_mail(b"Message-ID: <1@x>\nX: 2\n\na")
    assert (first.key, first.key == again.key) == (again.key, True)
    assert read_mail(b"Subject: a\n\na").key != read_mail(b"Subject: b\n\na").key
    assert read_mail(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-light").text == "light"
